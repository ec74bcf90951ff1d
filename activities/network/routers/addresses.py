"""Router addresses: an interface that is moved to another address of its subnet, in its pod."""

from activities.network.subnets import SubnetCopies
from activities.pods.region import Regions
from models.network.routers.diff import held, moved
from models.network.routers.plan import Interface
from models.routings import Routings
from models.values import Pod


async def move(
    regions: Regions, routings: Routings, subnets: SubnetCopies, pod: Pod, interface: Interface
) -> None:
    """Give the interface in the pod the addresses that it has at the top, if it has others."""
    port = interface.port
    row = await routings.row("router_interface", port["id"], pod)
    if row is None or not moved(row, interface):
        return
    body = {"fixed_ips": await subnets.fixed_ips(port["fixed_ips"], pod)}
    path = f"/ports/{row['bottom_id']}"
    # 409: an address that another operation is giving back at this moment.
    await regions.admin(pod, "network", "PUT", path, {"port": body}, retry_conflict=True)
    await routings.update("router_interface", port["id"], pod, applied=held(interface))
