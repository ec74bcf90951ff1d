"""RouterKind: what is special about the copies of routers; ``apply`` tells where there is one."""

from typing import Any

from activities.copies import MarkedKind
from models.database.store import Row
from models.resources.network import ROUTERS
from models.routings import Made, mark
from models.values import Pod


class RouterKind(MarkedKind):
    """One that is to be made comes with its ``gateway_info`` and how that is remembered.

    What is applied to a copy, gateway and routes, is set and remembered by ``RouterCopies``.
    """

    type = "router"
    kind = ROUTERS
    remembered = False

    def owner(self, row: Row) -> str:
        """Return the id of the router itself."""
        return str(row["id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        """Make the copy, with its gateway where that is known."""
        body = {
            "name": row["name"],
            "description": mark("router", row["id"]),
            "project_id": row["project_id"],
            "admin_state_up": row["admin_state_up"],
        }
        if row["gateway_info"]:
            # A third of the price of setting it on a router that has interfaces.
            body["external_gateway_info"] = row["gateway_info"]
        made = await self.post(pod, body)
        return Made(str(made["id"]), {"gateway": row["gateway_applied"], "routes": []})

    async def update(self, row: Row, pod: Pod, bottom: str, applied: Any) -> None:
        """Set name and state."""
        await self.put(pod, bottom, self.copied(row))

    async def set(self, bottom: str, pod: Pod, body: Row) -> None:
        """Set gateway or routes."""
        # 409: a gateway's address that another operation is giving back at this moment.
        await self.put(pod, bottom, body, retry_conflict=True)
