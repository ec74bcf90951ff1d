"""Purposes of bridge addresses: whom an address on a bridge serves, as its row tells it."""

from enum import StrEnum
from typing import NamedTuple


class Use(StrEnum):
    """What an address on a bridge is used for."""

    # The interface of a router copy on an east-west bridge.
    INTERFACE = "interface"
    # The gateway of a router copy on a north-south bridge.
    GATEWAY = "gateway"
    # The router in the external pod, which is the gateway of a north-south bridge's subnet.
    GATEWAY_INTERFACE = "gateway-interface"
    # What stands for a public address in the pod of the server.
    FLOATINGIP = "floatingip"


class Purpose(NamedTuple):
    """Whom an address serves; ``pod_id`` tells which of a router's copies."""

    use: Use
    owner_id: str
    pod_id: str = ""

    @classmethod
    def parse(cls, stored: str) -> "Purpose":
        """Return the purpose that a row tells."""
        use, _, rest = stored.partition(":")
        owner_id, _, pod_id = rest.partition(":")
        return cls(Use(use), owner_id, pod_id)

    def __str__(self) -> str:
        """Return it as rows tell it: ``gateway:<router>:<pod>``, ``floatingip:<id>``."""
        return ":".join(filter(None, self))


def of_copy(router_id: str, pod_id: str) -> tuple[Purpose, Purpose]:
    """Return what the router's copy in a pod may have addresses for."""
    return (
        Purpose(Use.INTERFACE, router_id, pod_id),
        Purpose(Use.GATEWAY, router_id, pod_id),
    )
