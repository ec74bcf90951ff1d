"""PROXY: the generic engine, told what compute clients see of a server."""

from typing import Any

from activities.pods.region import PodAnswer
from api.http import Answer, Call
from api.microversions import COMPUTE
from api.proxy import METADATA, Proxy
from models.creations import unmarked
from models.values import Pod

# Nova's actions and events of a server are listed and shown by it.
_REQUEST_ID = b"x-compute-request-id"


async def _server(call: Call, pod: Pod, servers: list[dict[str, Any]]) -> None:
    unmarked(servers)
    await call.services.compute.server_view.apply(pod, servers)
    await call.services.compute.server_reservations.view(servers)
    await call.services.compute.server_groups.view(pod, servers)


async def _server_news(call: Call, pod: Pod, servers: list[dict[str, Any]]) -> None:
    """Write what only looking tells: the pod made volumes of its own, it has plugged ports."""
    await call.services.compute.server_volumes.seen(pod, servers)
    await call.services.compute.servers.active(servers)


async def _volume(call: Call, pod: Pod, volumes: list[dict[str, Any]]) -> None:
    unmarked(volumes)
    for volume in volumes:
        if volume.get("availabilityZone"):
            volume["availabilityZone"] = pod.az_name


async def _host(call: Call, pod: Pod, hosts: list[dict[str, Any]]) -> None:
    for host in hosts:
        # Where Nova's control services are is no zone of servers.
        if host.get("zone") not in (None, "internal"):
            host["zone"] = await call.services.compute.inner_zones.shown(pod, host["zone"])


class ComputeProxy(Proxy):
    """Tells, as Nova does, under which id the pod's own records have a request."""

    async def answer(self, call: Call, answer: PodAnswer) -> Answer:
        """Return the pod's answer with our links, in our words."""
        seen = await super().answer(call, answer)
        if _REQUEST_ID in answer.headers:
            seen.headers.append((_REQUEST_ID, answer.headers[_REQUEST_ID]))
        return seen


PROXY = ComputeProxy(
    "compute",
    COMPUTE,
    views={"server": _server, "volume": _volume, "host": _host, **METADATA},
    not_found={
        "server": "Instance {} could not be found.",
        "volume": "Volume {} could not be found.",
        "snapshot": "Snapshot {} could not be found.",
    },
    news={"server": _server_news},
)
