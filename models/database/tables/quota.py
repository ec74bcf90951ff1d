"""Quotas: limits set at the top, what is reserved, and the last figures of each pod."""

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from models.database.tables.base import METADATA, now

quota_limits = Table(
    "quota_limits",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("service", String(16), nullable=False),
    Column("project_id", String(255), nullable=False),
    # Empty for the limit of the whole project.
    Column("user_id", String(64), nullable=False, default=""),
    Column("resource", String(255), nullable=False),
    Column("hard_limit", Integer, nullable=False),
    UniqueConstraint("service", "project_id", "user_id", "resource"),
)

quota_classes = Table(
    "quota_classes",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("service", String(16), nullable=False),
    Column("class_name", String(255), nullable=False),
    Column("resource", String(255), nullable=False),
    Column("hard_limit", Integer, nullable=False),
    UniqueConstraint("service", "class_name", "resource"),
)

quota_reservations = Table(
    "quota_reservations",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("service", String(16), nullable=False),
    Column("project_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("amounts", JSON, nullable=False),
    # After it the reservation counts no more: its process died, or the pod counts the object.
    Column("expires", Float, nullable=False),
    Index("ix_quota_reservations_project", "service", "project_id"),
)

# What a pod said last about a project (or about its defaults): a pod that cannot answer is not
# taken for an empty one.
quota_figures = Table(
    "quota_figures",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("pod_id", String(36), nullable=False),
    Column("service", String(16), nullable=False),
    Column("question", String(255), nullable=False),
    Column("figures", JSON, nullable=False),
    Column("seen_at", DateTime, nullable=False, default=now),
    # How often it was heard, how often something was made in the pod, and how much of that was
    # before the question: what it counts for certain.
    Column("answers", Integer, nullable=False, default=0, server_default="0"),
    Column("growths", Integer, nullable=False, default=0, server_default="0"),
    Column("seen", Integer, nullable=False, default=0, server_default="0"),
    UniqueConstraint("pod_id", "service", "question"),
)
