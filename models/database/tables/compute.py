"""Flavors, keypairs, aggregates, server groups: defined at the top; servers made together."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Float,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

from models.database.record import Field, Record, column
from models.database.tables.base import now


class Flavor(Record, table="flavors"):
    """A flavor."""

    id: Field[str] = column(String(255), primary_key=True)
    name: Field[str] = column(String(255), unique=True)
    ram: Field[int] = column(Integer())
    vcpus: Field[int] = column(Integer())
    disk: Field[int] = column(Integer())
    ephemeral: Field[int] = column(Integer(), default=0)
    swap: Field[int] = column(Integer(), default=0)
    rxtx_factor: Field[float] = column(Float(), default=1.0)
    is_public: Field[bool] = column(Boolean(), default=True)
    disabled: Field[bool] = column(Boolean(), default=False)
    description: Field[str | None] = column(Text(), null=True)
    extra_specs: Field[Any] = column(JSON(), default=dict)
    access: Field[Any] = column(JSON(), default=list)
    created_at: Field[datetime] = column(DateTime(), default=now)


class Keypair(Record, table="keypairs", parts=(UniqueConstraint("user_id", "name"),)):
    """A user's key pair."""

    id: Field[int] = column(Integer(), primary_key=True, autoincrement=True)
    user_id: Field[str] = column(String(64))
    name: Field[str] = column(String(255))
    type: Field[str] = column(String(16), default="ssh")
    public_key: Field[str] = column(Text())
    fingerprint: Field[str] = column(String(255))
    created_at: Field[datetime] = column(DateTime(), default=now)


class Aggregate(Record, table="aggregates"):
    """An aggregate."""

    id: Field[int] = column(Integer(), primary_key=True, autoincrement=True)
    uuid: Field[str] = column(String(36))
    name: Field[str] = column(String(255), unique=True)
    availability_zone: Field[str | None] = column(String(255), null=True)
    # The pod whose aggregate ag_<pod_name> this is; empty for an admin's own.
    pod_id: Field[str] = column(String(36), default="")
    metadata: Field[Any] = column(JSON(), default=dict)
    created_at: Field[datetime] = column(DateTime(), default=now)
    updated_at: Field[datetime | None] = column(DateTime(), onupdate=now, null=True)


class AggregateHost(Record, table="aggregate_hosts"):
    """A host of an aggregate; it is in one pod, whose copy is a routing of type aggregate."""

    aggregate_id: Field[int] = column(Integer(), primary_key=True)
    host: Field[str] = column(String(255), primary_key=True)
    pod_id: Field[str] = column(String(36))


class ServerGroup(
    Record,
    table="server_groups",
    parts=(Index("ix_server_groups_project", "project_id", "created_at"),),
):
    """A server group."""

    id: Field[str] = column(String(36), primary_key=True)
    name: Field[str] = column(String(255))
    project_id: Field[str] = column(String(64))
    user_id: Field[str] = column(String(64))
    policy: Field[str] = column(String(64))
    rules: Field[Any] = column(JSON(), default=dict)
    # To the microsecond: lists are ordered by it.
    created_at: Field[datetime] = column(DateTime())


class ServerReservation(
    Record, table="server_reservations", parts=(Index("ix_server_reservations", "reservation_id"),)
):
    """A server of a request that made several: its pod knows nothing of the others."""

    server_id: Field[str] = column(String(36), primary_key=True)
    reservation_id: Field[str] = column(String(36))
    launch_index: Field[int] = column(Integer())


class PodNumber(Record, table="pod_numbers", sqlite_autoincrement=True):
    """The number that keeps integer ids of a pod's hypervisors and services apart."""

    number: Field[int] = column(Integer(), primary_key=True, autoincrement=True)
    pod_id: Field[str] = column(String(36), unique=True)
    # A number once given is not given again.


flavors = Flavor.table
keypairs = Keypair.table
aggregates = Aggregate.table
aggregate_hosts = AggregateHost.table
server_groups = ServerGroup.table
server_reservations = ServerReservation.table
pod_numbers = PodNumber.table
