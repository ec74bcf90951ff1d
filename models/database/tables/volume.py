"""Volume types and QoS specs: defined at the top, copied to pods when needed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, DateTime, ForeignKey, String, UniqueConstraint

from models.database.record import Field, Record, column
from models.database.tables.base import now


class VolumeType(Record, table="volume_types"):
    """A volume type."""

    id: Field[str] = column(String(36), primary_key=True)
    name: Field[str] = column(String(255), unique=True)
    description: Field[str | None] = column(String(255), null=True)
    is_public: Field[bool] = column(Boolean(), default=True)
    extra_specs: Field[Any] = column(JSON(), default=dict)
    access: Field[Any] = column(JSON(), default=list)
    # provider, control_location, cipher, key_size, and the id of the whole; empty: none.
    encryption: Field[Any] = column(JSON(), default=dict)
    qos_specs_id: Field[str | None] = column(String(36), null=True)
    created_at: Field[datetime] = column(DateTime(), default=now)


class QosSpecs(Record, table="qos_specs"):
    """QoS specs of volumes."""

    id: Field[str] = column(String(36), primary_key=True)
    name: Field[str] = column(String(255), unique=True)
    consumer: Field[str] = column(String(255), default="back-end")
    specs: Field[Any] = column(JSON(), default=dict)
    created_at: Field[datetime] = column(DateTime(), default=now)


class TypeCopy(
    Record, table="type_copies", parts=(UniqueConstraint("pod_id", "kind", "bottom_id"),)
):
    """The copy of a volume type, group type or QoS specs.

    No routing: pods have types of their own, which are no use that we make of a pod.
    """

    kind: Field[str] = column(String(16), primary_key=True)
    top_id: Field[str] = column(String(36), primary_key=True)
    pod_id: Field[str] = column(
        String(36), ForeignKey("pods.pod_id", ondelete="CASCADE"), primary_key=True
    )
    bottom_id: Field[str] = column(String(36))
    # What was last set on the copy; empty: read it from the pod.
    applied: Field[Any] = column(JSON(), null=True)


class DefaultType(Record, table="default_types"):
    """The volume type of a project's volumes that name none."""

    project_id: Field[str] = column(String(64), primary_key=True)
    volume_type_id: Field[str] = column(String(36))


class GroupType(Record, table="group_types"):
    """A type of volume groups."""

    id: Field[str] = column(String(36), primary_key=True)
    name: Field[str] = column(String(255), unique=True)
    description: Field[str | None] = column(String(255), null=True)
    is_public: Field[bool] = column(Boolean(), default=True)
    group_specs: Field[Any] = column(JSON(), default=dict)
    created_at: Field[datetime] = column(DateTime(), default=now)


volume_types = VolumeType.table
qos_specs = QosSpecs.table
type_copies = TypeCopy.table
default_types = DefaultType.table
group_types = GroupType.table
