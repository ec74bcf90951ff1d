"""PROXY: the generic engine, told what compute clients see of a server."""

from typing import Any

from api.http import Call
from api.microversions import COMPUTE
from api.proxy import Proxy
from models.values import Pod


async def _server(call: Call, pod: Pod, servers: list[dict[str, Any]]) -> None:
    await call.services.server_view.apply(pod, servers)
    await call.services.server_groups.view(pod, servers)
    await call.services.servers.active(servers)


PROXY = Proxy(
    "compute",
    COMPUTE,
    "v2.1",
    views={"server": _server},
    not_found={"server": "Instance {} could not be found."},
)
