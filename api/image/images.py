"""Everything of the image API: streamed both ways, whatever its size."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from api.http import Answer, Call, Headers, Route, Routes
from api.links import moved
from models.errors import PodUnavailable
from models.resources.image import IMAGE
from models.values import Pod

_PART = 65536
_BODY = ("POST", "PUT", "PATCH")
# About one connection, or our own to say.
_OURS = {
    "connection",
    "date",
    "host",
    "keep-alive",
    "server",
    "te",
    "transfer-encoding",
    "upgrade",
    "x-auth-token",
    "x-openstack-request-id",
}


async def forward(call: Call) -> Answer:
    """Pass the call to the shared Glance and its answer back, neither of them held in memory."""
    pod = await _pod(call)
    root = await call.services.regions.root(pod.pod_name, "image")
    headers = {name: value for name, value in call.headers.items() if name not in _OURS}
    headers["X-Auth-Token"] = call.caller.token
    headers["X-OpenStack-Request-ID"] = call.request_id
    query = f"?{call.query}" if call.query else ""
    body = call.chunks() if call.method in _BODY else None
    if body is None:
        # A body that is not passed on must not be waited for.
        headers.pop("content-length", None)
    stack = AsyncExitStack()
    answer = await stack.enter_async_context(
        call.services.regions.open(
            pod, "image", call.method, call.path + query, headers=headers, body=body
        )
    )
    back: Headers = [
        (name.lower().encode(), value.encode())
        for name, value in answer.headers.items()
        if name.lower() not in _OURS | {"location"}
    ]
    if "location" in answer.headers:
        back.append((b"location", moved(answer.headers["location"], call.base, root).encode()))

    async def parts() -> AsyncIterator[bytes]:
        async with stack:
            async for part in answer.content.iter_chunked(_PART):
                yield part

    return Answer(answer.status, headers=back, stream=parts())


async def _pod(call: Call) -> Pod:
    """Return a pod whose catalog entry names the shared Glance."""
    pods = await call.services.pods.serving()
    active = [pod for pod in pods if pod.state == "active"] or pods
    if not active:
        raise PodUnavailable("(any)", "there is no pod whose image service could be asked")
    return active[0]


def _routes() -> Routes:
    routes = Routes()
    for path, methods in IMAGE.items():
        for method in methods:
            routes.add(Route(method, path, forward))
    return routes


routes = _routes()
