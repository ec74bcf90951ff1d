"""A listening socket that can go away, as when a region dies, and come back."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from deploy.simulator.http import Asgi, Receive, Scope


class Listener:
    """Serves one ASGI application on one port.

    uvicorn's protocol without its `Server`: that one owns the process's signals and is made to
    stop once, while a dozen of these have to start and stop within one loop.
    """

    def __init__(self, app: Asgi, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._config = Config(
            cast(Any, app),
            http=HttpToolsProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
        )
        self._config.load()
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        # How often it has gone away: work begun before that is lost even if it is back by now.
        self.deaths = 0

    @property
    def origin(self) -> str:
        """The address clients use."""
        return f"http://{self.host}:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether connections are accepted."""
        return self._server is not None

    async def open(self) -> None:
        """Accept connections; on the same port as before."""
        if self._server is not None:
            return
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((self.host, self.port))
        self.port = listening.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, sock=listening, backlog=2048)

    def close(self) -> None:
        """Stop listening and cut every connection, as a dead process would."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self.deaths += 1
        for connection in list(self._state.connections):
            if isinstance(connection, HttpToolsProtocol) and connection.transport is not None:
                connection.transport.abort()

    async def cut(self, scope: Scope, receive: Receive) -> None:
        """End the connection a request came on, without an answer."""
        for connection in self._of(scope):
            connection.transport.abort()
        await _until_gone(receive)

    async def end(self, scope: Scope, receive: Receive, data: bytes) -> None:
        """Send some last bytes on the connection a request came on, and end it."""
        for connection in self._of(scope):
            connection.transport.write(data)
            connection.transport.close()
        await _until_gone(receive)

    def _of(self, scope: Scope) -> list[HttpToolsProtocol]:
        return [
            connection
            for connection in self._state.connections
            if isinstance(connection, HttpToolsProtocol) and connection.client == scope["client"]
        ]

    def _protocol(self) -> asyncio.Protocol:
        return HttpToolsProtocol(config=self._config, server_state=self._state, app_state={})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
