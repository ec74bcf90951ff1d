"""Flavors, keypairs and aggregates: defined at the top, copied to pods when needed."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from models.tables.base import METADATA, now

flavors = Table(
    "flavors",
    METADATA,
    Column("id", String(255), primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("ram", Integer, nullable=False),
    Column("vcpus", Integer, nullable=False),
    Column("disk", Integer, nullable=False),
    Column("ephemeral", Integer, nullable=False, default=0),
    Column("swap", Integer, nullable=False, default=0),
    Column("rxtx_factor", Float, nullable=False, default=1.0),
    Column("is_public", Boolean, nullable=False, default=True),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("description", Text),
    Column("extra_specs", JSON, nullable=False, default=dict),
    Column("access", JSON, nullable=False, default=list),
    Column("created_at", DateTime, nullable=False, default=now),
)

keypairs = Table(
    "keypairs",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("user_id", String(64), nullable=False),
    Column("name", String(255), nullable=False),
    Column("type", String(16), nullable=False, default="ssh"),
    Column("public_key", Text, nullable=False),
    Column("fingerprint", String(255), nullable=False),
    Column("created_at", DateTime, nullable=False, default=now),
    UniqueConstraint("user_id", "name"),
)

aggregates = Table(
    "aggregates",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("uuid", String(36), nullable=False),
    Column("name", String(255), nullable=False, unique=True),
    Column("availability_zone", String(255)),
    # The pod whose aggregate ag_<pod_name> this is; empty for an admin's own.
    Column("pod_id", String(36), nullable=False, default=""),
    Column("metadata", JSON, nullable=False, default=dict),
    Column("created_at", DateTime, nullable=False, default=now),
    Column("updated_at", DateTime, onupdate=now),
)
