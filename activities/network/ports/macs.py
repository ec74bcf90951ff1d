"""PortMacs: whether a port is plugged in its pod, so that its MAC must stay."""

from typing import Any

from activities.pods.region import Regions
from models.database.store import Row
from models.errors import Conflict, PodFault
from models.network.collections.checks import mac
from models.pods import PodDirectory
from models.resources.network import PORTS
from models.routings import Routings

_UNPLUGGED = ("unbound", "binding_failed")


class PortMacs:
    """Asks the pods which ports are plugged in."""

    def __init__(self, regions: Regions, pods: PodDirectory, routings: Routings) -> None:
        self._regions = regions
        self._pods = pods
        self._routings = routings

    async def refuse_bound(self, port: Row, wanted: Any) -> None:
        """Refuse another MAC to a port that is bound in its pod: 409 ``PortBound``.

        The pod's own MAC is never refused: the row takes it over where it says something else.
        What is no MAC is refused elsewhere.
        """
        try:
            address = mac(wanted)
        except ValueError:
            return
        if address == port["mac_address"]:
            return
        place = await self._routings.where_is("port", port["id"])
        if place is None or not place["bottom_id"]:
            return
        pod = await self._pods.get(place["pod_id"])
        path = f"{PORTS.path}/{place['bottom_id']}"
        try:
            answer = await self._regions.admin(pod, "network", "GET", path)
        except PodFault as fault:
            if fault.status == 404:
                return
            raise
        there = answer[PORTS.member]
        if there["binding:vif_type"] in _UNPLUGGED or there["mac_address"] == address:
            return
        raise Conflict(
            f"Unable to complete operation on port {port['id']}, port is already bound, port "
            f"type: {there['binding:vif_type']}, old_mac {there['mac_address']}, new_mac "
            f"{address}.",
            "PortBound",
        )
