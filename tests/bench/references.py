"""What the gateway is compared with: the least that does the job, and the obvious way.

``bare``: raw ASGI, aiohttp, orjson, ids and links rewritten; no token is checked, no pod looked
up. ``naive``: a framework's synchronous route, keystoneauth, ``.json()``. Both serve
``/servers/{id}`` and the like for one region.
"""

from __future__ import annotations

import argparse
from typing import Any

import aiohttp
import orjson
import uvicorn
from fastapi import FastAPI
from keystoneauth1 import session as keystone
from keystoneauth1 import token_endpoint

from tests.bench.stage import TOKEN


def rewrite(value: Any, old: str, new: str) -> Any:
    """The value with every link pointing at another address."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "href" and isinstance(inner, str):
                value[key] = inner.replace(old, new)
            elif isinstance(inner, dict | list):
                rewrite(inner, old, new)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict | list):
                rewrite(inner, old, new)
    return value


class Bare:
    """The bare reference, an ASGI application."""

    def __init__(self, upstream: str, base: str) -> None:
        self._upstream, self._base = upstream, base
        self._client: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Forward one GET."""
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        headers = {
            k.decode(): v.decode()
            for k, v in scope["headers"]
            if k not in (b"host", b"connection")
        }
        url = self._upstream + scope["path"]
        async with self._client.request(scope["method"], url, headers=headers) as answer:
            body = orjson.loads(await answer.read())
            status = answer.status
        raw = orjson.dumps(rewrite(body, self._upstream, self._base))
        kind = (b"content-type", b"application/json")
        length = (b"content-length", str(len(raw)).encode())
        await send({"type": "http.response.start", "status": status, "headers": [kind, length]})
        await send({"type": "http.response.body", "body": raw})


def naive(upstream: str, base: str) -> FastAPI:
    """The naive reference."""
    app = FastAPI()
    auth = token_endpoint.Token(upstream, TOKEN)
    session = keystone.Session(auth=auth)

    # As a route is written that does not say what it returns.
    @app.get("/{path:path}", response_model=None)
    def forward(path: str) -> Any:
        answer = session.get(f"{upstream}/{path}", raise_exc=False)
        return rewrite(answer.json(), upstream, base)

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("bare", "naive"))
    parser.add_argument("upstream")
    parser.add_argument("port", type=int)
    given = parser.parse_args()
    here = f"http://127.0.0.1:{given.port}"
    app: Any = (Bare if given.kind == "bare" else naive)(given.upstream, here)
    quiet: dict[str, Any] = {"access_log": False, "log_config": None, "server_header": False}
    if given.kind == "bare":
        quiet |= {"lifespan": "off", "proxy_headers": False, "ws": "none"}
    uvicorn.run(app, port=given.port, **quiet)
