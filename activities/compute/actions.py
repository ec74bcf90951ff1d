"""ServerActions: those that name things of the gateway, in words that the pod knows."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from activities.compute.boot_plan import BootPlanner
from activities.compute.flavor_copies import FlavorCopies
from activities.compute.flavors import Flavors
from activities.compute.keypair_copies import KeypairCopies
from activities.compute.keypairs import Keypairs
from activities.network.copy_upkeep import CopyUpkeep
from activities.network.ports import Ports
from activities.store import Store
from models.errors import BadRequest, NotFound, PodBusy, PodUnavailable
from models.tables.network import TABLES
from models.values import Caller, Pod

ports = TABLES["ports"]
_ELSEWHERE = {
    "addFixedIp": "attach a port at os-interface",
    "removeFixedIp": "change the port at the network API",
    "addFloatingIp": "associate it at the network API",
    "removeFloatingIp": "disassociate it at the network API",
}


class ServerActions:
    """What an action needs in the pod is made there first."""

    def __init__(
        self,
        store: Store,
        planner: BootPlanner,
        port_rows: Ports,
        flavors: Flavors,
        flavor_copies: FlavorCopies,
        keypairs: Keypairs,
        keypair_copies: KeypairCopies,
        upkeep: CopyUpkeep,
    ) -> None:
        self._store = store
        self._planner = planner
        self._ports = port_rows
        self._flavors = flavors
        self._flavor_copies = flavor_copies
        self._keypairs = keypairs
        self._keypair_copies = keypair_copies
        self._upkeep = upkeep

    async def in_pod(
        self, caller: Caller, pod: Pod, name: str, inner: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the arguments of an action as the pod is to get them."""
        if name in _ELSEWHERE:
            raise BadRequest(f"{name} is not supported: {_ELSEWHERE[name]}.")
        if name == "resize" and "flavorRef" in inner:
            await self._resize(caller, pod, str(inner["flavorRef"]).rsplit("/", 1)[-1])
        if name == "rebuild" and isinstance(inner.get("key_name"), str):
            try:
                row = await self._keypairs.get(caller.user_id, inner["key_name"])
            except NotFound:
                raise BadRequest("Invalid key_name provided.") from None
            await self._keypair_copies.keypair(row, pod)
        if inner.get("availability_zone"):
            return self._zoned(inner, pod)
        return dict(inner)

    async def set_group(self, caller: Caller, server_id: str, name: str, *, add: bool) -> None:
        """Add a security group to the server's ports, or take it from them."""
        found = await self._planner.group_ids(caller, [name])
        group = (found or [await self._planner.default_group(caller)])[0]
        mine = select(ports).where(
            ports.c.device_id == server_id, ports.c.port_security_enabled.is_(True)
        )
        async with self._store.read() as tx:
            rows = await tx.all(mine)
        if not rows:
            raise BadRequest(
                f"Network requires port_security_enabled and subnet associated in order to apply "
                f"security groups to instance {server_id}."
            )
        changed = [row for row in rows if (group in row["security_groups"]) is not add]
        if not changed and not add:
            raise NotFound(f"Security group {name} not associated with the instance {server_id}")
        for row in changed:
            kept = [id_ for id_ in row["security_groups"] if id_ != group]
            wanted = [*kept, group] if add else kept
            await self._ports.update(caller, row["id"], {"security_groups": wanted})
            # Clients look at the server next. Where the pod is out, the update's workflow waits.
            with suppress(PodUnavailable, PodBusy):
                await self._upkeep.update_port(row["id"])

    async def _resize(self, caller: Caller, pod: Pod, flavor_id: str) -> None:
        try:
            flavor = await self._flavors.get(caller, flavor_id)
        except NotFound as error:
            raise BadRequest(error.message) from None
        await self._flavor_copies.flavor(flavor, pod)

    def _zoned(self, inner: Mapping[str, Any], pod: Pod) -> dict[str, Any]:
        zone = inner["availability_zone"]
        if zone != pod.az_name:
            raise BadRequest(
                f"The server is in availability zone {pod.az_name} (pod {pod.pod_name}); "
                f"it cannot be moved to {zone}."
            )
        rest = {key: value for key, value in inner.items() if key != "availability_zone"}
        return rest | ({"availability_zone": pod.pod_az_name} if pod.pod_az_name else {})
