"""/os-floating-ip-pools: the external networks, as Nova had them until 2.35."""

from api.compute.until import until
from api.http import Answer, Call, Route, Routes

routes = Routes()
_LAST = (2, 35)


async def _list(call: Call) -> Answer:
    """List the external networks."""
    names = await call.services.compute.floating_ips.pools(call.caller)
    return Answer(200, {"floating_ip_pools": [{"name": name} for name in names]})


routes.add(Route("GET", "/os-floating-ip-pools", until(_LAST, _list)))
