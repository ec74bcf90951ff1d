"""ServerActions: those that name things of the gateway, in words that the pod knows."""

from collections.abc import Mapping
from typing import Any

from activities.compute.flavor_copies import FlavorCopies
from activities.compute.keypair_copies import KeypairCopies
from models.compute.flavors import Flavors
from models.compute.inner_zones import InnerZones
from models.compute.keypairs import Keypairs
from models.errors import BadRequest, NotFound
from models.values import Caller, Pod


class ServerActions:
    """What an action needs in the pod is made there first."""

    def __init__(
        self,
        flavors: Flavors,
        flavor_copies: FlavorCopies,
        keypairs: Keypairs,
        keypair_copies: KeypairCopies,
        zones: InnerZones,
    ) -> None:
        self._flavors = flavors
        self._flavor_copies = flavor_copies
        self._keypairs = keypairs
        self._keypair_copies = keypair_copies
        self._zones = zones

    async def in_pod(
        self, caller: Caller, pod: Pod, name: str, inner: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the arguments of an action as the pod is to get them."""
        if name == "resize" and "flavorRef" in inner:
            await self._resize(caller, pod, str(inner["flavorRef"]).rsplit("/", 1)[-1])
        if name == "rebuild" and isinstance(inner.get("key_name"), str):
            try:
                row = await self._keypairs.get(caller.user_id, inner["key_name"])
            except NotFound:
                raise BadRequest("Invalid key_name provided.") from None
            await self._keypair_copies.materialise(row, pod)
        if inner.get("availability_zone"):
            return await self._zoned(inner, pod)
        return dict(inner)

    async def _resize(self, caller: Caller, pod: Pod, flavor_id: str) -> None:
        try:
            flavor = await self._flavors.get(caller, flavor_id)
        except NotFound as error:
            raise BadRequest(error.message) from None
        await self._flavor_copies.materialise(flavor, pod)

    async def _zoned(self, inner: Mapping[str, Any], pod: Pod) -> dict[str, Any]:
        zone = str(inner["availability_zone"])
        if zone != pod.az_name and pod not in await self._zones.pods(zone):
            raise BadRequest(
                f"The server is in availability zone {pod.az_name} (pod {pod.pod_name}); "
                f"it cannot be moved to {zone}."
            )
        rest = {key: value for key, value in inner.items() if key != "availability_zone"}
        asked = await self._zones.asked(pod, zone)
        return rest | ({"availability_zone": asked} if asked else {})
