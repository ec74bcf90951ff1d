"""The way to one service of a pod: how many at once, and what becomes of one that is silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from activities.pods.connection import Unreached
from activities.pods.gate import GateState, Turns
from activities.pods.wire import Wire

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
MOMENT, WHOLE = 0.05, 30.0


async def _until(question: Callable[[], bool]) -> None:
    async with asyncio.timeout(WHOLE):
        while True:
            if question():
                return
            await asyncio.sleep(0.01)


class Service:
    """Answers as it is told to: some paths, all of them, or nothing."""

    def __init__(self) -> None:
        self.silent: Callable[[str], bool] = lambda path: False
        self.asked: list[str] = []
        self.root = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it is closed."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split()[1].decode()
                self.asked.append(path)
                await _until(lambda path=path: not self.silent(path))  # type: ignore[misc]
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Have it listen meanwhile."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api"
        try:
            yield
        finally:
            self.silent = lambda path: False
            server.close()


class Caller:
    """Asks the service, through a wire of its own."""

    def __init__(self, service: Service, calls: int) -> None:
        self.service = service
        self.wire = Wire(MOMENT, calls=calls, queue_seconds=MOMENT, failures=2)

    async def get(self, path: str) -> int:
        """Ask for something; the status."""
        status, _, _ = await self.wire.ask("GET", self.service.root, path, {}, None, WHOLE)
        return status

    async def becomes(self, *states: GateState) -> None:
        """Wait until the service is known to be in one of the states."""
        await _until(lambda: self.wire.health(self.service.root).state in states)


@asynccontextmanager
async def _caller(calls: int = 100) -> AsyncIterator[Caller]:
    """A service that answers, and who calls it."""
    service = Service()
    async with service.listening():
        caller = Caller(service, calls)
        try:
            yield caller
        finally:
            caller.wire.close()


async def test_what_answers_nothing_is_not_asked_until_it_does() -> None:
    async with _caller() as caller:
        service = caller.service
        assert await caller.get("/servers") == 200
        service.silent = lambda path: True
        waiting = asyncio.create_task(caller.get("/servers"))
        await caller.becomes(GateState.OPEN, GateState.PROBING)
        asked = service.asked.count("/api/servers")
        with pytest.raises(Unreached, match=r"it has not answered since 20..-..-..T..:..:..Z"):
            await caller.get("/servers")
        health = caller.wire.health(service.root)
        assert health.reason.startswith("it has not answered since")
        assert health.since is not None
        assert service.asked.count("/api/servers") == asked
        service.silent = lambda path: False
        assert await waiting == 200
        await caller.becomes(GateState.CLOSED)
        assert caller.wire.health(service.root).reason == ""
        assert await caller.get("/servers") == 200


async def test_one_that_is_slow_with_one_thing_is_asked_for_others() -> None:
    async with _caller() as caller:
        caller.service.silent = lambda path: path == "/api/slow"
        waiting = asyncio.create_task(caller.get("/slow"))
        # It is asked whether it is there, and says so.
        await _until(lambda: "/api/" in caller.service.asked)
        assert await caller.get("/fast") == 200
        assert caller.wire.health(caller.service.root).state == GateState.CLOSED
        assert not waiting.done()
        caller.service.silent = lambda path: False
        assert await waiting == 200


async def test_who_refuses_connections_is_not_asked_either() -> None:
    async with _caller() as caller:
        nobody = "http://127.0.0.1:1"
        async with asyncio.timeout(WHOLE):
            while caller.wire.health(nobody).state == GateState.CLOSED:
                with pytest.raises(Unreached):
                    await caller.wire.ask("GET", nobody, "/", {}, None, WHOLE)
                await asyncio.sleep(0.01)
        with pytest.raises(Unreached, match="it has not answered since"):
            await caller.wire.ask("GET", nobody, "/", {}, None, WHOLE)
        assert await caller.get("/servers") == 200


async def test_so_many_at_once_and_no_more() -> None:
    async with _caller(calls=2) as caller:
        service = caller.service
        service.silent = lambda path: path == "/api/slow"
        slow = [asyncio.create_task(caller.get("/slow")) for _ in range(2)]
        await _until(lambda: service.asked.count("/api/slow") == 2)
        with pytest.raises(Unreached, match="2 calls to it are under way"):
            await caller.get("/third")
        assert "/api/third" not in service.asked
        service.silent = lambda path: False
        assert await asyncio.gather(*slow, caller.get("/third")) == [200, 200, 200]


async def test_turns_are_given_in_order_and_none_is_lost() -> None:
    turns = Turns(1, WHOLE)
    turns.taken = 1
    came: list[str] = []

    async def come(name: str) -> None:
        await turns.wait()
        came.append(name)

    first, second, third = (asyncio.create_task(come(name)) for name in "abc")
    await asyncio.sleep(0)
    turns.give()
    # Given a turn in the very moment in which it goes away, it leaves that to the next.
    first.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    assert (came, turns.taken) == (["b"], 1)
    turns.dismiss(Unreached("in vain"))
    with pytest.raises(Unreached, match="in vain"):
        await third
    turns.give()
    assert turns.taken == 0
