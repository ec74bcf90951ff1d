"""/os-floating-ips: the network API's, as Nova had them until 2.35."""

from api.compute.until import until
from api.http import Answer, Call, Route, Routes
from models.compute import bodies
from models.compute.floating_ips import ComputeFloatingIPs
from models.documents import parse

routes = Routes()
_IPS = "/os-floating-ips"
_LAST = (2, 35)


async def _list(call: Call) -> Answer:
    """List the project's floating IPs."""
    return Answer(200, {"floating_ips": await _ips(call).all(call.caller)})


async def _show(call: Call) -> Answer:
    """Show one floating IP."""
    return Answer(200, {"floating_ip": await _ips(call).show(call.caller, call.args["id"])})


async def _create(call: Call) -> Answer:
    """Take an address of a pool; a body is not needed."""
    raw = await call.body()
    body = parse(raw, call.services.settings.max_body_values) if raw else None
    bodies.FLOATING_IP(body, "body")
    pool = (body or {}).get("pool") or ""
    return Answer(200, {"floating_ip": await _ips(call).create(call.caller, pool)})


async def _delete(call: Call) -> Answer:
    """Give an address back."""
    await _ips(call).delete(call.caller, call.args["id"])
    return Answer(202)


def _ips(call: Call) -> ComputeFloatingIPs:
    return call.services.compute.floating_ips


for method, path, handler in (
    ("GET", _IPS, _list),
    ("POST", _IPS, _create),
    ("GET", f"{_IPS}/{{id}}", _show),
    ("DELETE", f"{_IPS}/{{id}}", _delete),
):
    routes.add(Route(method, path, until(_LAST, handler)))
