"""RouterUpkeep: copies of routers that are gone go, those of changed ones follow."""

import asyncio

from activities.copies import Copies
from activities.network.routers.apply import RouterCopies
from models.database.store import Store
from models.network.bridges.leftovers import BridgeLeftovers


class RouterUpkeep:
    """Each method follows the rows as they are now."""

    def __init__(
        self, store: Store, copies: Copies, routers: RouterCopies, leftovers: BridgeLeftovers
    ) -> None:
        self._store = store
        self._copies = copies
        self._routers = routers
        self._leftovers = leftovers

    async def clean_up_router(self, router_id: str) -> None:
        """Remove everything of the router from every pod, pods at the same time."""
        pods = await self._routers.pods_to_change(router_id)
        results = await asyncio.gather(
            *(self._routers.converge(router_id, pod_id) for pod_id in pods),
            return_exceptions=True,
        )
        for result in results:
            if result is not None:
                raise result
        async with self._store.write() as tx:
            await self._leftovers.release(tx, router_id)

    async def update_router(self, router_id: str) -> None:
        """Bring name and state of the router's copies up to date."""
        await self._copies.update(router_id)
