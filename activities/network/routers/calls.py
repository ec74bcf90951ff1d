"""RouterCalls: the calls to a pod about a router copy itself."""

from activities.pods.region import Regions
from models.database.store import Row
from models.routings import mark
from models.values import Pod


class RouterCalls:
    """Make, find, change and delete a router in a pod."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions

    async def put(self, bottom: str, pod: Pod, body: Row) -> None:
        """Change the router."""
        # 409: a gateway's address that another operation is giving back at this moment.
        await self._regions.admin(
            pod, "network", "PUT", f"/routers/{bottom}", {"router": body}, retry_conflict=True
        )

    async def create(self, router: Row, pod: Pod, gateway: Row | None) -> str:
        """Make the copy of a router; return its id."""
        body = {
            "name": router["name"],
            "description": mark("router", router["id"]),
            "project_id": router["project_id"],
            "admin_state_up": router["admin_state_up"],
        }
        if gateway:
            # A third of the price of setting it on a router that has interfaces.
            body["external_gateway_info"] = gateway
        made = await self._regions.admin(
            pod, "network", "POST", "/routers", {"router": body}, retry_conflict=True
        )
        return str(made["router"]["id"])

    async def find(self, router_id: str, pod: Pod) -> str | None:
        """Return the id of the copy by its mark, or None."""
        return await self._regions.marked(pod, "/routers", mark("router", router_id))

    async def delete(self, bottom: str | None, pod: Pod) -> None:
        """Delete the router, if there is one."""
        if bottom:
            await self._regions.admin(
                pod, "network", "DELETE", f"/routers/{bottom}", retry_conflict=True
            )
