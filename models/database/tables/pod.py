"""Pods and the bindings of tenants to them."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, String, Text, UniqueConstraint

from models.database.record import Field, Record, column
from models.database.tables.base import now


class PodRow(Record, table="pods"):
    """A region, as it was registered; the top region has no zone."""

    pod_id: Field[str] = column(String(36), primary_key=True)
    pod_name: Field[str] = column(String(255), unique=True)
    az_name: Field[str] = column(String(255), default="")
    pod_az_name: Field[str] = column(String(255), default="")
    dc_name: Field[str] = column(String(255), default="")
    state: Field[str] = column(String(16), default="active")
    created_at: Field[datetime] = column(DateTime(), default=now)
    updated_at: Field[datetime | None] = column(DateTime(), onupdate=now, null=True)


class Binding(Record, table="bindings", parts=(UniqueConstraint("tenant_id", "pod_id"),)):
    """A pod that a project has used in its zone, and gets again."""

    id: Field[str] = column(String(36), primary_key=True)
    tenant_id: Field[str] = column(String(64))
    pod_id: Field[str] = column(String(36), ForeignKey("pods.pod_id"))
    # What brought the project there, and why the pod was chosen for it.
    reason: Field[str] = column(Text(), default="")
    created_at: Field[datetime] = column(DateTime(), default=now)
    updated_at: Field[datetime | None] = column(DateTime(), onupdate=now, null=True)


pods = PodRow.table
bindings = Binding.table
