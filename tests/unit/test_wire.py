"""The wire to pods: when a connection is given up, and what was then sent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from activities.pods.connection import Broken, Unreached
from activities.pods.wire import Wire

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CONNECT, WHOLE = 0.2, 30.0


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A listener whose queue is one connection long, and that takes none by itself."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        listener.setblocking(False)
        yield listener


def _root(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


async def _full(listener: socket.socket, stack: ExitStack) -> None:
    """Fill the listener's queue."""
    loop = asyncio.get_running_loop()
    while True:
        client = stack.enter_context(socket.socket())
        client.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_connect(client, listener.getsockname()), 0.1)
        except TimeoutError:
            return


async def _serve(listener: socket.socket, stack: ExitStack) -> socket.socket:
    """Take one connection; answer what comes on it."""
    loop = asyncio.get_running_loop()
    taken, _ = await loop.sock_accept(listener)
    stack.enter_context(taken)
    taken.setblocking(False)
    return taken


async def _answering(taken: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while await loop.sock_recv(taken, 4096):
        await loop.sock_sendall(taken, ANSWER)


async def test_who_answers_others_is_waited_for(listening: socket.socket) -> None:
    wire, root = Wire(CONNECT), _root(listening)
    with ExitStack() as stack:
        busy = asyncio.create_task(wire.ask("GET", root, "/", {}, None, WHOLE))
        served = [asyncio.create_task(_answering(await _serve(listening, stack)))]
        assert (await busy)[0] == 200
        await _full(listening, stack)
        kept = asyncio.create_task(wire.ask("GET", root, "/", {}, None, WHOLE))
        await asyncio.sleep(0)
        # The kept connection is in use, and there is no room for another one.
        waiting = asyncio.create_task(wire.ask("POST", root, "/", {}, b"{}", WHOLE))
        await kept
        for _ in range(20):
            await wire.ask("GET", root, "/", {}, None, WHOLE)
            await asyncio.sleep(CONNECT / 5)
        assert not waiting.done()
        while not waiting.done():
            accepting = asyncio.create_task(_serve(listening, stack))
            await asyncio.wait({accepting, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if accepting.done():
                served.append(asyncio.create_task(_answering(accepting.result())))
            else:
                accepting.cancel()
            await wire.ask("GET", root, "/", {}, None, WHOLE)
        assert (await waiting)[0] == 200
        for task in served:
            task.cancel()
        await asyncio.gather(*served, return_exceptions=True)
        wire.close()


async def test_who_answers_nobody_is_given_up_and_was_asked_nothing(
    listening: socket.socket,
) -> None:
    wire = Wire(CONNECT)
    with ExitStack() as stack:
        await _full(listening, stack)
        with pytest.raises(Unreached, match="no answer in time"):
            await wire.ask("POST", _root(listening), "/", {}, b"{}", WHOLE)


async def test_who_refuses_connections_was_asked_nothing(listening: socket.socket) -> None:
    root = _root(listening)
    listening.close()
    with pytest.raises(Unreached, match="ConnectionRefusedError"):
        await Wire(CONNECT).ask("POST", root, "/", {}, b"{}", WHOLE)


async def test_who_cuts_the_connection_may_have_done_it(listening: socket.socket) -> None:
    with ExitStack() as stack:
        asking = asyncio.create_task(
            Wire(CONNECT).ask("POST", _root(listening), "/", {}, b"{}", WHOLE)
        )
        taken = await _serve(listening, stack)
        await asyncio.get_running_loop().sock_recv(taken, 4096)
        taken.close()
        with pytest.raises(Broken) as broken:
            await asking
    assert not isinstance(broken.value, Unreached)
