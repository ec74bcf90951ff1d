"""Volume types and QoS specs: defined at the top, copied to pods when needed."""

from sqlalchemy import JSON, Boolean, Column, DateTime, ForeignKey, String, Table, UniqueConstraint

from models.database.tables.base import METADATA, now

volume_types = Table(
    "volume_types",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("description", String(255)),
    Column("is_public", Boolean, nullable=False, default=True),
    Column("extra_specs", JSON, nullable=False, default=dict),
    Column("access", JSON, nullable=False, default=list),
    # provider, control_location, cipher, key_size, and the id of the whole; empty: none.
    Column("encryption", JSON, nullable=False, default=dict),
    Column("qos_specs_id", String(36)),
    Column("created_at", DateTime, nullable=False, default=now),
)

qos_specs = Table(
    "qos_specs",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("consumer", String(255), nullable=False, default="back-end"),
    Column("specs", JSON, nullable=False, default=dict),
    Column("created_at", DateTime, nullable=False, default=now),
)

# No routings: pods have types of their own, which are no use that we make of a pod.
type_copies = Table(
    "type_copies",
    METADATA,
    Column("kind", String(16), primary_key=True),
    Column("top_id", String(36), primary_key=True),
    Column("pod_id", String(36), ForeignKey("pods.pod_id", ondelete="CASCADE"), primary_key=True),
    Column("bottom_id", String(36), nullable=False),
    # What was last set on the copy; empty: read it from the pod.
    Column("applied", JSON),
    UniqueConstraint("pod_id", "kind", "bottom_id"),
)

default_types = Table(
    "default_types",
    METADATA,
    Column("project_id", String(64), primary_key=True),
    Column("volume_type_id", String(36), nullable=False),
)

group_types = Table(
    "group_types",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("name", String(255), nullable=False, unique=True),
    Column("description", String(255)),
    Column("is_public", Boolean, nullable=False, default=True),
    Column("group_specs", JSON, nullable=False, default=dict),
    Column("created_at", DateTime, nullable=False, default=now),
)
