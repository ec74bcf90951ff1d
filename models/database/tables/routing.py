"""Where the copy of an object lies, and who is working on it right now."""

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from models.database.tables.base import METADATA, now

routings = Table(
    "routings",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("type", String(32), nullable=False),
    Column("top_id", String(255), nullable=False),
    Column("pod_id", String(36), ForeignKey("pods.pod_id"), nullable=False),
    # Empty until the copy is known to exist: the row itself is the lock against a second copy.
    Column("bottom_id", String(255)),
    Column("project_id", String(64), nullable=False, default=""),
    # The router whose topology the copy belongs to, where there is one.
    Column("owner_id", String(64), nullable=False, default=""),
    # What was last known to be set on the copy; empty means: read it from the pod.
    Column("applied", JSON),
    Column("created_at", DateTime, nullable=False, default=now),
    Column("updated_at", DateTime, onupdate=now),
    UniqueConstraint("type", "top_id", "pod_id"),
    Index("ix_routings_bottom", "pod_id", "type", "bottom_id"),
    Index("ix_routings_owner", "owner_id", "pod_id"),
    Index("ix_routings_page", "type", "project_id", "created_at", "top_id"),
    Index("ix_routings_pod_page", "type", "pod_id", "created_at", "top_id"),
)

leases = Table(
    "leases",
    METADATA,
    Column("name", String(255), primary_key=True),
    Column("owner", String(36), nullable=False),
    Column("expires", Float, nullable=False),
)
