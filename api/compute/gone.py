"""What Nova still has a path for and nothing else: it answers 410, whatever is asked."""

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from models.errors import Gone

routes = Routes()
_LIST, _ONE = ("GET", "POST"), ("GET", "PUT", "DELETE")
_PATHS: dict[str, tuple[str, ...]] = {
    "/os-agents": _LIST,
    "/os-agents/{id}": ("PUT", "DELETE"),
    "/os-cells": _LIST,
    "/os-cells/capacities": ("GET",),
    "/os-cells/detail": ("GET",),
    "/os-cells/info": ("GET",),
    "/os-cells/sync_instances": ("POST",),
    "/os-cells/{id}": _ONE,
    "/os-cells/{id}/capacities": ("GET",),
    "/os-certificates": ("POST",),
    "/os-certificates/{id}": ("GET",),
    "/os-cloudpipe": _LIST,
    "/os-cloudpipe/{id}": ("PUT",),
    "/os-fixed-ips/{id}": ("GET",),
    "/os-fixed-ips/{id}/action": ("POST",),
    "/os-floating-ip-dns": ("GET",),
    "/os-floating-ip-dns/{id}": ("PUT", "DELETE"),
    "/os-floating-ip-dns/{id}/entries/{entry}": _ONE,
    "/os-floating-ips-bulk": _LIST,
    "/os-floating-ips-bulk/{id}": ("GET", "PUT"),
    "/os-fping": ("GET",),
    "/os-fping/{id}": ("GET",),
    "/os-networks": ("POST",),
    "/os-networks/add": ("POST",),
    "/os-networks/{id}": ("DELETE",),
    "/os-networks/{id}/action": ("POST",),
    "/os-security-group-default-rules": _LIST,
    "/os-security-group-default-rules/{id}": ("GET", "DELETE"),
    "/os-tenant-networks": ("POST",),
    "/os-tenant-networks/{id}": ("DELETE",),
    "/servers/{server_id}/consoles": _LIST,
    "/servers/{server_id}/consoles/{id}": ("GET", "DELETE"),
    "/servers/{server_id}/os-virtual-interfaces": ("GET",),
}


async def _gone(call: Call) -> Answer:
    """Say so; about a server only to those who may know of it."""
    if "server_id" in call.args:
        await PROXY.pod_of(call, "server", call.args["server_id"])
    raise Gone("This resource is no longer available.  No forwarding address is given.")


for path, methods in _PATHS.items():
    for method in methods:
        routes.route(method, path)(_gone)
