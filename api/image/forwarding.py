"""Forwarding to one Glance: streamed both ways, whatever its size."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from api.http import Answer, Call, Headers
from api.links import moved
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


def passed_on(call: Call) -> dict[str, str]:
    """Return the headers for a pod: the user's, with our request id."""
    headers = {name: value for name, value in call.headers.items() if name not in _OURS}
    headers["X-Auth-Token"] = call.caller.token
    headers["X-OpenStack-Request-ID"] = call.request_id
    return headers


async def forward(call: Call, pod: Pod) -> Answer:
    """Pass the call to a pod's Glance and its answer back, neither of them held in memory."""
    root = await call.services.regions.root(pod.pod_name, "image")
    query = f"?{call.query}" if call.query else ""
    headers = passed_on(call)
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
