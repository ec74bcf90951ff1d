"""Pods and the bindings of tenants to them."""

from sqlalchemy import Column, DateTime, ForeignKey, String, Table, Text, UniqueConstraint

from models.database.tables.base import METADATA, now

pods = Table(
    "pods",
    METADATA,
    Column("pod_id", String(36), primary_key=True),
    Column("pod_name", String(255), nullable=False, unique=True),
    Column("az_name", String(255), nullable=False, default=""),
    Column("pod_az_name", String(255), nullable=False, default=""),
    Column("dc_name", String(255), nullable=False, default=""),
    Column("state", String(16), nullable=False, default="active"),
    Column("created_at", DateTime, nullable=False, default=now),
    Column("updated_at", DateTime, onupdate=now),
)

bindings = Table(
    "bindings",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("pod_id", String(36), ForeignKey("pods.pod_id"), nullable=False),
    # What brought the project there, and why the pod was chosen for it.
    Column("reason", Text, nullable=False, default=""),
    Column("created_at", DateTime, nullable=False, default=now),
    Column("updated_at", DateTime, onupdate=now),
    UniqueConstraint("tenant_id", "pod_id"),
)
