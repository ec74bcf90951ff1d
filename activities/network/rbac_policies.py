"""ShareCopies: what RBAC policies give to other projects is theirs in the pods too."""

from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.network import RbacPolicy
from models.network.collections.sharing import EVERYONE, EXTERNAL, SHARED
from models.values import Pod

_PATH = "/rbac-policies"
# These come and go with attributes of the network.
_OF_ATTRIBUTES = {(SHARED, EVERYONE), (EXTERNAL, EVERYONE)}


async def converge_shares(
    store: Store, regions: Regions, network: Row, bottom_id: str, pod: Pod, *, new: bool = False
) -> None:
    """Give the network's copy to the projects that its policies name, and to no others."""
    own = RbacPolicy.select().where(
        RbacPolicy.object_type == "network", RbacPolicy.object_id == network["id"]
    )
    async with store.read() as tx:
        wanted = {(row.action, row.target_tenant) for row in await tx.all(own)}
    there: dict[tuple[str, str], str] = {}
    if not new:
        listed = await regions.admin(pod, "network", "GET", f"{_PATH}?object_id={bottom_id}")
        there = {
            (row["action"], row["target_tenant"]): row["id"] for row in listed["rbac_policies"]
        }
    for action, target in sorted(wanted - there.keys() - _OF_ATTRIBUTES):
        body = {
            "object_type": "network",
            "object_id": bottom_id,
            "action": action,
            "target_tenant": target,
        }
        await regions.admin(
            pod, "network", "POST", _PATH, {"rbac_policy": body}, retry_conflict=True
        )
    for key in sorted(there.keys() - wanted - _OF_ATTRIBUTES):
        await regions.admin(pod, "network", "DELETE", f"{_PATH}/{there[key]}")
