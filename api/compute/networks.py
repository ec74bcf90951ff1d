"""/os-networks and /os-tenant-networks: names of networks, which is all that Nova still tells."""

from typing import Any

from api.compute.proxies import until
from api.http import Answer, Call, Route, Routes
from models.errors import NotFound

routes = Routes()
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


async def _list(call: Call) -> Answer:
    """List the networks that the caller sees."""
    found = (await call.services.network.networks.list(call.caller, [])).items
    return Answer(200, {"networks": [_view(call, network) for network in found]})


async def _show(call: Call) -> Answer:
    """Show one network."""
    try:
        network = await call.services.network.networks.show(call.caller, call.args["id"])
    except NotFound:
        raise NotFound("Network not found") from None
    return Answer(200, {"network": _view(call, network)})


def _view(call: Call, network: dict[str, Any]) -> dict[str, Any]:
    named = {"id": network["id"], "label": network["name"]}
    if call.path.startswith("/os-tenant-networks"):
        # The word, as Nova has it.
        return named | {"cidr": "None"}
    return dict.fromkeys(_FIELDS + (_ADMIN_FIELDS if call.caller.admin else ())) | named


for path in ("/os-networks", "/os-tenant-networks"):
    routes.add(Route("GET", path, until(_LAST, _list)))
    routes.add(Route("GET", f"{path}/{{id}}", until(_LAST, _show)))
