"""Where the copy of an object lies, and who is working on it right now."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)

from models.database.record import Field, Record, column
from models.database.tables.base import now


class Routing(
    Record,
    table="routings",
    parts=(
        UniqueConstraint("type", "top_id", "pod_id"),
        Index("ix_routings_bottom", "pod_id", "type", "bottom_id"),
        Index("ix_routings_owner", "owner_id", "pod_id"),
        Index("ix_routings_page", "type", "project_id", "created_at", "top_id"),
        Index("ix_routings_pod_page", "type", "pod_id", "created_at", "top_id"),
    ),
):
    """Where the copy of an object lies."""

    id: Field[int] = column(Integer(), primary_key=True, autoincrement=True)
    type: Field[str] = column(String(32))
    top_id: Field[str] = column(String(255))
    pod_id: Field[str] = column(String(36), ForeignKey("pods.pod_id"))
    # Empty until the copy is known to exist: the row itself is the lock against a second copy.
    bottom_id: Field[str | None] = column(String(255), null=True)
    project_id: Field[str] = column(String(64), default="")
    # The router whose topology the copy belongs to, where there is one.
    owner_id: Field[str] = column(String(64), default="")
    # What was last known to be set on the copy; empty means: read it from the pod.
    applied: Field[Any] = column(JSON(), null=True)
    # Until then its pod may still delete the object, having been asked to.
    late_until: Field[datetime | None] = column(DateTime(), null=True)
    created_at: Field[datetime] = column(DateTime(), default=now)
    updated_at: Field[datetime | None] = column(DateTime(), onupdate=now, null=True)


class Lease(Record, table="leases"):
    """Who is working on something right now."""

    name: Field[str] = column(String(255), primary_key=True)
    owner: Field[str] = column(String(36))
    expires: Field[float] = column(Float())


routings = Routing.table
leases = Lease.table
