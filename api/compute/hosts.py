"""/os-hosts, until 2.42, and /os-baremetal-nodes, until 2.35: what pods tell of themselves."""

from urllib.parse import urlencode

from api.compute.proxies import until
from api.compute.proxy import PROXY
from api.http import Answer, Call, Route, Routes
from models.resources.compute import BAREMETAL_NODES, OS_HOSTS

routes = Routes()
_HOSTS, _NODES = (2, 42), (2, 35)
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
    return await PROXY.relay(call, await PROXY.home(call, f"/os-hosts/{call.args['id']}"))


routes.add(Route("GET", "/os-hosts", until(_HOSTS, _list), admin=True))
for resource, last in ((OS_HOSTS, _HOSTS), (BAREMETAL_NODES, _NODES)):
    for route in PROXY.routes([resource]).declared:
        routes.add(Route(route.method, route.path, until(last, route.handler), admin=True))
for method, below in _DONE_TO_HOSTS:
    routes.add(Route(method, f"/os-hosts/{{id}}{below}", until(_HOSTS, _relay), admin=True))
