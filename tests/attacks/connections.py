"""What one connection may cost: heads without an end, halves of requests, many at once."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.client import User, send
from tests.support.stack import Stack

# The limits of a gateway on which these take seconds.
SETTINGS = {
    "TRIO2O_HEAD_TIMEOUT": "1",
    "TRIO2O_BODY_TIMEOUT": "1",
    "TRIO2O_MAX_CONNECTIONS_PER_ADDRESS": "40",
    "TRIO2O_MAX_PROJECT_REQUESTS": "2",
    "TRIO2O_MAX_POD_ANSWER_BYTES": "1000000",
}
PATIENCE = 60.0
Sent = Callable[[Stack, User], str]


class SlowStack(Stack):
    """A gateway that has no patience."""

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        return super()._settings(clouds_yaml) | SETTINGS


def _open(stack: Stack) -> socket.socket:
    parts = urlsplit(stack.url)
    return socket.create_connection((parts.hostname, parts.port), PATIENCE)


def _heard(client: socket.socket) -> str:
    """The status that comes before the connection ends; empty when none does."""
    found = b""
    try:
        while part := client.recv(65_536):
            found += part
    except OSError:
        pass
    return found.split(b" ", 2)[1].decode() if found else ""


def _endless(stack: Stack, begin: bytes, part: bytes) -> str:
    with _open(stack) as client:
        try:
            client.sendall(begin)
            for _ in range(4_000):
                client.sendall(part)
        except OSError:
            pass
        return _heard(client)


def endless_address(stack: Stack, _: User) -> str:
    """An address that goes on for as long as anybody listens."""
    return _endless(stack, b"GET /", b"x" * 16_384)


def endless_header(stack: Stack, _: User) -> str:
    """One header, likewise."""
    return _endless(stack, b"GET / HTTP/1.1\r\nHost: x\r\nX: ", b"x" * 16_384)


def endless_headers(stack: Stack, _: User) -> str:
    """Many small ones."""
    return _endless(stack, b"GET / HTTP/1.1\r\nHost: x\r\n", b"x: y\r\n" * 2_000)


def long_address(stack: Stack, user: User) -> str:
    """One that ends."""
    return str(user.network("GET", "/networks?name=" + "x" * 9_000).status)


def large_head(stack: Stack, user: User) -> str:
    """A head that ends, too late."""
    return str(user.network("GET", "/networks", None, X_Large="x" * 70_000).status)


def half_a_head(stack: Stack, _: User) -> str:
    """A request that never says what it wants."""
    with _open(stack) as client:
        client.sendall(b"GET /networks HTTP/1.1\r\nHost: x\r\n")
        return _heard(client)


def silence(stack: Stack, _: User) -> str:
    """A connection on which nothing is said."""
    with _open(stack) as client:
        return _heard(client)


def second_half_head(stack: Stack, _: User) -> str:
    """Half a request after a whole one."""
    with _open(stack) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(65_536)
        client.sendall(b"GET / HT")
        found = _heard(client)
        return found


def half_a_body(stack: Stack, user: User) -> str:
    """A body that does not go on."""
    head = "POST /network/v2.0/networks HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    with _open(stack) as client:
        client.sendall(f'{head}X-Auth-Token: {user.token}\r\n\r\n{{"network"'.encode())
        return _heard(client)


def many_pipelined(stack: Stack, user: User) -> str:
    """Requests that nobody waits for the answers of."""
    one = f"GET /network/v2.0/networks HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {user.token}\r\n\r\n"
    with _open(stack) as client:
        client.sendall(one.encode() * 200)
        return _heard(client)


def many_connections(stack: Stack, _: User) -> str:
    """More connections than one address has."""
    number = int(SETTINGS["TRIO2O_MAX_CONNECTIONS_PER_ADDRESS"])
    with ExitStack() as opened:
        clients = [opened.enter_context(_open(stack)) for _ in range(number + 5)]
        return _heard(clients[-1])


def many_requests(stack: Stack, user: User) -> str:
    """More requests of one project than it has at once; others go on."""
    slow = {"region": "Pod1", "service": "volume", "method": "GET", "path": "/volumes"}
    head = f"GET /volume/v3/volumes HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {user.token}\r\n"
    number = int(SETTINGS["TRIO2O_MAX_PROJECT_REQUESTS"])
    assert user.volume("GET", "/volumes").status == 200
    with ExitStack() as opened:
        opened.enter_context(stack.simulator.fault("slow", seconds=10.0, **slow))
        clients = [opened.enter_context(_open(stack)) for _ in range(4 * number)]
        for client in clients:
            client.sendall(f"{head}Connection: close\r\n\r\n".encode())
        assert stack.admin.network("GET", "/networks?limit=1").status == 200
        heard = [_heard(client) for client in clients]
    assert heard.count("200") >= number
    return "429" if "429" in heard else "200"


# What holds each of them; the address of a client that is closed says nothing.
CONNECTIONS: dict[str, tuple[Sent, str]] = {
    "endless address": (endless_address, "414"),
    "endless header": (endless_header, "431"),
    "endless headers": (endless_headers, "431"),
    "long address": (long_address, "414"),
    "large head": (large_head, "431"),
    "half a head": (half_a_head, "408"),
    "silence": (silence, "408"),
    "half a head after a request": (second_half_head, "408"),
    "half a body": (half_a_body, "408"),
    "many pipelined": (many_pipelined, "429"),
    "many connections": (many_connections, "429"),
    "many requests of a project": (many_requests, "429"),
}


def still_serves(stack: Stack) -> bool:
    """Whether others are served."""
    return send("GET", f"{stack.url}/").status == 200
