"""Accepted work: written with the desired state, finished by a workflow."""

from datetime import datetime

from sqlalchemy import DateTime, Index, Integer, String, Text

from models.database.record import Field, Record, column
from models.database.tables.base import now


class Operation(
    Record,
    table="operations",
    parts=(
        Index("ix_operations_open", "state", "created_at"),
        Index("ix_operations_router", "router_id", "state"),
        Index("ix_operations_resource", "resource_id", "state"),
    ),
):
    """A piece of accepted work, written with the desired state and finished by a workflow."""

    id: Field[str] = column(String(36), primary_key=True)
    sequence: Field[int] = column(Integer(), default=0, index=True)
    # The workflow: router-interface-add, clean-up, security-group-sync ...
    type: Field[str] = column(String(32))
    resource_type: Field[str] = column(String(32))
    resource_id: Field[str] = column(String(255))
    # The entity that serialises it: router/<id>; empty: it runs by itself.
    router_id: Field[str] = column(String(36), default="")
    project_id: Field[str] = column(String(64), default="")
    request_id: Field[str] = column(String(64), default="")
    workflow_id: Field[str] = column(String(255))
    # accepted -> running -> succeeded | failed | cancelled
    state: Field[str] = column(String(16), default="accepted")
    error: Field[str | None] = column(Text(), null=True)
    attempts: Field[int] = column(Integer(), default=0)
    created_at: Field[datetime] = column(DateTime(), default=now)
    offered_at: Field[datetime | None] = column(DateTime(), null=True)
    started_at: Field[datetime | None] = column(DateTime(), null=True)
    finished_at: Field[datetime | None] = column(DateTime(), null=True)


operations = Operation.table
