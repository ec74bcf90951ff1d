"""/servers/{id}/ips: a server's addresses, by network."""

import orjson

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/servers/{id}/ips")
async def list_(call: Call) -> Answer:
    """List the addresses."""
    return await _shown(call)


@routes.route("GET", "/servers/{id}/ips/{network}")
async def show(call: Call) -> Answer:
    """List the addresses on one network."""
    return await _shown(call)


async def _shown(call: Call) -> Answer:
    pod = await PROXY.pod_of(call, "server", call.args["id"])
    answer = await PROXY.relay(call, pod)
    if answer.status == 200 and answer.raw:
        body = orjson.loads(answer.raw)
        networks = body.get("addresses", body)
        await call.services.compute.server_view.addresses(call.args["id"], networks)
        answer.raw = orjson.dumps(body)
    return answer
