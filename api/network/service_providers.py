"""/v2.0/service-providers: the drivers of routers; clients ask by them what else there is."""

from api.http import Answer, Call, Routes
from api.proxy import Proxy
from models.resources.network import SERVICE_PROVIDERS

PROXY = Proxy("network", None)
# The one service with drivers that is served here.
_ROUTERS = "L3_ROUTER_NAT"

routes = Routes()


@routes.route("GET", SERVICE_PROVIDERS.path)
async def list_(call: Call) -> Answer:
    """List what pods make routers with; a pod's other services are not the gateway's."""
    answer = await PROXY.listed(call, SERVICE_PROVIDERS, call.path)
    listed = answer.body[SERVICE_PROVIDERS.collection]
    answer.body[SERVICE_PROVIDERS.collection] = [
        provider for provider in listed if provider.get("service_type", _ROUTERS) == _ROUTERS
    ]
    return answer
