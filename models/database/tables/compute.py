"""Flavors, keypairs, aggregates, server groups: defined at the top; servers made together."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from models.database.tables.base import METADATA, now

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

# A host is in one pod; the aggregate's copy there is a routing of type aggregate.
aggregate_hosts = Table(
    "aggregate_hosts",
    METADATA,
    Column("aggregate_id", Integer, primary_key=True),
    Column("host", String(255), primary_key=True),
    Column("pod_id", String(36), nullable=False),
)

server_groups = Table(
    "server_groups",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("project_id", String(64), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("rules", JSON, nullable=False, default=dict),
    # To the microsecond: lists are ordered by it.
    Column("created_at", DateTime, nullable=False),
    Index("ix_server_groups_project", "project_id", "created_at"),
)

# Servers that one request has made: their pod knows nothing of each other's.
server_reservations = Table(
    "server_reservations",
    METADATA,
    Column("server_id", String(36), primary_key=True),
    Column("reservation_id", String(36), nullable=False),
    Column("launch_index", Integer, nullable=False),
    Index("ix_server_reservations", "reservation_id"),
)

# The numbers that keep integer ids of pods' hypervisors and services apart.
pod_numbers = Table(
    "pod_numbers",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("pod_id", String(36), nullable=False, unique=True),
    # A number once given is not given again.
    sqlite_autoincrement=True,
)
