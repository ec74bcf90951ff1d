"""/images: the images as Nova showed them until 2.35; any pod can ask the one Glance."""

from api.compute.proxy import PROXY
from api.compute.until import until
from api.http import Answer, Call, Route, Routes
from models.errors import PodUnavailable

routes = Routes()
_IMAGES, _METADATA = (2, 35), (2, 38)
_PATHS = {
    "/images": ("GET",),
    "/images/detail": ("GET",),
    "/images/{id}": ("GET", "DELETE"),
    "/images/{id}/metadata": ("GET", "POST", "PUT"),
    "/images/{id}/metadata/{key}": ("GET", "PUT", "DELETE"),
}


async def _relay(call: Call) -> Answer:
    """Pass the call on to a pod that answers."""
    pods = await call.services.zones.pods()
    pod = next((pod for pod, answers in pods if answers), pods[0][0] if pods else None)
    if pod is None:
        raise PodUnavailable("(any)", "there is none that could show images")
    return await PROXY.relay(call, pod)


for path, methods in _PATHS.items():
    last = _METADATA if "metadata" in path else _IMAGES
    for method in methods:
        routes.add(Route(method, path, until(last, _relay)))
