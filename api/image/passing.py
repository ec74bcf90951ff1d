"""Passing on: the calls of the image API, to one Glance for all pods, or to one in each."""

from api.http import Answer, Call, Route, Routes
from api.image import pods_images
from api.image.forwarding import forward
from models.errors import PodUnavailable
from models.resources.image import IMAGE
from models.values import Pod, PodState


async def serve(call: Call) -> Answer:
    """Pass the call on to where it belongs."""
    if call.services.settings.image_per_pod:
        return await pods_images.serve(call)
    return await forward(call, await _shared(call))


async def _shared(call: Call) -> Pod:
    """Return a pod whose catalog entry names the shared Glance."""
    pods = await call.services.pods.serving("image")
    active = [pod for pod in pods if pod.state == PodState.ACTIVE] or pods
    if not active:
        raise PodUnavailable("(any)", "there is no pod whose image service could be asked")
    return active[0]


def passed(noun: str) -> Routes:
    """Return the declared routes of a noun, which are all passed on."""
    routes = Routes()
    for path, methods in IMAGE.items():
        if path.split("/")[1] == noun:
            for method in methods:
                routes.add(Route(method, path, serve))
    return routes
