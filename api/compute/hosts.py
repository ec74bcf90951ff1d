"""/os-hosts, until 2.42: what pods tell of themselves."""

from urllib.parse import urlencode

from api.compute.proxy import PROXY
from api.compute.until import all_until, until
from api.http import Answer, Call, Route, Routes
from models.compute import bodies
from models.resources.compute import OS_HOSTS

routes = Routes()
_LAST = (2, 42)
_DONE_TO_HOSTS = (("PUT", ""), ("GET", "/reboot"), ("GET", "/shutdown"), ("GET", "/startup"))


async def _list(call: Call) -> Answer:
    """List the hosts, those of one zone if that is asked: a pod's own may have another name."""
    zone = call.param("zone")
    call.query = urlencode([(name, value) for name, value in call.params if name != "zone"])
    answer = await PROXY.listed(call, OS_HOSTS, call.path)
    if zone:
        answer.body["hosts"] = [h for h in answer.body["hosts"] if h["zone"] == zone]
    return answer


async def _relay(call: Call) -> Answer:
    """Pass the call on to the pod of the host."""
    if call.method == "PUT":
        await call.json("", bodies.HOST)
    return await PROXY.relay(call, await PROXY.home(call, f"/os-hosts/{call.args['id']}"))


routes.add(Route("GET", "/os-hosts", until(_LAST, _list), admin=True))
routes.include(all_until(_LAST, PROXY.routes([OS_HOSTS])))
for method, below in _DONE_TO_HOSTS:
    routes.add(Route(method, f"/os-hosts/{{id}}{below}", until(_LAST, _relay), admin=True))
