"""Holders of addresses: who has an address of a subnet, as its row tells it."""

from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func

from models.database.tables.network import IPAllocation


class HolderKind(StrEnum):
    """What may have an address."""

    PORT = "port"
    # A deleted floating IP, until the pods have let go of its address.
    FLOATINGIP = "floatingip"
    # A pod, for the ports that its own services make.
    POD = "pod"


class Holder(NamedTuple):
    """One that has addresses."""

    kind: HolderKind
    id: str

    def __str__(self) -> str:
        """Return it as rows tell it: ``port:<id>``."""
        return f"{self.kind}:{self.id}"


def port(id_: str) -> Holder:
    """Return the holder that a port is."""
    return Holder(HolderKind.PORT, id_)


def floatingip(id_: str) -> Holder:
    """Return the holder that a deleted floating IP is."""
    return Holder(HolderKind.FLOATINGIP, id_)


def pod(id_: str) -> Holder:
    """Return the holder that a pod is."""
    return Holder(HolderKind.POD, id_)


def are(kind: HolderKind) -> ColumnElement[bool]:
    """Return the condition that an address is held by one of the kind."""
    return IPAllocation.holder.startswith(f"{kind}:")


def port_ids() -> ColumnElement[Any]:
    """Return in SQL the id of the port that holds an address."""
    return func.substr(IPAllocation.holder, len(f"{HolderKind.PORT}:") + 1)


def of_port(id_: ColumnElement[str]) -> ColumnElement[str]:
    """Return in SQL the holder that the port of the id is."""
    return f"{HolderKind.PORT}:" + id_
