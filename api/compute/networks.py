"""/os-networks: names of networks, which is all that Nova still tells."""

from collections.abc import Callable
from typing import Any

from api.compute.gone import gone
from api.compute.until import until
from api.http import Answer, Call, Route, Routes
from models.errors import NotFound

_LAST = (2, 35)
# What networks of Nova's own had is shown as nothing.
_FIELDS = (
    "cidr", "netmask", "gateway", "broadcast", "dns1", "dns2", "cidr_v6", "gateway_v6",
    "netmask_v6",
)  # fmt: skip
_ADMIN_FIELDS = (
    "created_at", "updated_at", "deleted_at", "deleted", "injected", "bridge", "vlan",
    "vpn_public_address", "vpn_public_port", "vpn_private_address", "dhcp_start", "project_id",
    "host", "bridge_interface", "multi_host", "priority", "rxtx_base", "mtu", "dhcp_server",
    "enable_dhcp", "share_address",
)  # fmt: skip


View = Callable[[Call, dict[str, Any]], dict[str, Any]]


def serve(path: str, view: View) -> Routes:
    """Return the routes that list and show networks, as the view has them."""
    routes = Routes()

    async def list_(call: Call) -> Answer:
        found = (await call.services.network.networks.list(call.caller, [])).items
        return Answer(200, {"networks": [view(call, network) for network in found]})

    async def show(call: Call) -> Answer:
        try:
            network = await call.services.network.networks.show(call.caller, call.args["id"])
        except NotFound:
            raise NotFound("Network not found") from None
        return Answer(200, {"network": view(call, network)})

    routes.add(Route("GET", path, until(_LAST, list_)))
    routes.add(Route("GET", f"{path}/{{id}}", until(_LAST, show)))
    return routes


def _view(call: Call, network: dict[str, Any]) -> dict[str, Any]:
    nothing = dict.fromkeys(_FIELDS + (_ADMIN_FIELDS if call.caller.admin else ()))
    return nothing | {"id": network["id"], "label": network["name"]}


routes = serve("/os-networks", _view)
routes.include(
    gone(
        {
            "/os-networks": ("POST",),
            "/os-networks/add": ("POST",),
            "/os-networks/{id}": ("DELETE",),
            "/os-networks/{id}/action": ("POST",),
        }
    )
)
