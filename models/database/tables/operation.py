"""Accepted work: written with the desired state, finished by a workflow."""

from sqlalchemy import Column, DateTime, Index, Integer, String, Table, Text

from models.database.tables.base import METADATA, now

operations = Table(
    "operations",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("sequence", Integer, nullable=False, default=0, index=True),
    # The workflow: router-interface-add, clean-up, security-group-sync ...
    Column("type", String(32), nullable=False),
    Column("resource_type", String(32), nullable=False),
    Column("resource_id", String(255), nullable=False),
    # The entity that serialises it: router/<id>; empty: it runs by itself.
    Column("router_id", String(36), nullable=False, default=""),
    Column("project_id", String(64), nullable=False, default=""),
    Column("request_id", String(64), nullable=False, default=""),
    Column("workflow_id", String(255), nullable=False),
    # accepted -> running -> succeeded | failed | cancelled
    Column("state", String(16), nullable=False, default="accepted"),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", DateTime, nullable=False, default=now),
    Column("offered_at", DateTime),
    Column("started_at", DateTime),
    Column("finished_at", DateTime),
    Index("ix_operations_open", "state", "created_at"),
    Index("ix_operations_router", "router_id", "state"),
    Index("ix_operations_resource", "resource_id", "state"),
)
