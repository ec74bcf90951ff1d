"""/v2.0/floatingip_pools: the subnets that floating IPs come from."""

from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/floatingip_pools")
async def floatingip_pools(call: Call) -> Answer:
    """List the subnets of external networks that the caller's floating IPs may come from."""
    pools = await call.services.network.floatingip_pools.list(call.caller, call.params)
    return Answer(200, {"floatingip_pools": pools})
