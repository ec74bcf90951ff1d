"""Debian's haproxy before the gateways: what users reach, whichever of them lives.

A request whose gateway dies is a 503 that says so. One that only reads is asked of another
gateway instead; one that changes something may have been done, and is never asked twice.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.pods.console import LabError
from deploy.pods.processes import Daemon

PROGRAM = "/usr/sbin/haproxy"
_REASONS = {
    502: "The gateway ended before it had answered: what was asked for may have been done.",
    503: "No gateway serves at the moment.",
    504: "The gateway did not answer in time: what was asked for may have been done.",
}
_CONFIGURATION = """\
global
    maxconn 4000
    log stderr format raw daemon notice
    stats socket {socket} mode 600 level admin
    hard-stop-after 5s

defaults
    mode http
    log global
    option dontlognull
    option dontlog-normal
    option redispatch 1
    retries 2
    retry-on conn-failure empty-response
    timeout connect 3s
    timeout queue 5s
    timeout client 180s
    timeout server 180s
    timeout http-keep-alive 60s
    timeout check 3s
"""
_DOOR = """
frontend {name}
    bind 127.0.0.1:{port}
    default_backend {name}

backend {name}
    balance leastconn
    option httpchk GET {check}
    http-request disable-l7-retry unless METH_GET
    default-server inter 1s fastinter 500ms fall 3 rise 1 on-marked-down shutdown-sessions
"""


class Front:
    """The process; ``doors`` are name, port and a path that gateways answer without a token."""

    def __init__(self, folder: Path, doors: Sequence[tuple[str, int, str]]) -> None:
        self._folder = folder
        self._doors = doors

    @property
    def socket(self) -> Path:
        """Where it takes commands: cut a gateway off, bring it back."""
        return self._folder / "haproxy.sock"

    def prepare(self, gateways: Mapping[str, Sequence[int]]) -> None:
        """Its configuration is written: each gateway with its ports, in the order of the doors."""
        if not os.path.exists(PROGRAM):
            raise LabError("haproxy is missing: apt-get install haproxy")
        text = _CONFIGURATION.format(socket=self.socket)
        for status, reason in _REASONS.items():
            page = self._folder / f"{status}.http"
            page.write_bytes(_page(reason))
            text += f"    errorfile {status} {page}\n"
        for number, (name, port, check) in enumerate(self._doors):
            text += _DOOR.format(name=name, port=port, check=check)
            for gateway, ports in gateways.items():
                text += f"    server {gateway} 127.0.0.1:{ports[number]} check\n"
        self._configuration.write_text(text)

    def daemon(self) -> Daemon:
        """The process; it serves when one of its gateways does."""
        _, port, check = self._doors[0]
        command = (PROGRAM, "-db", "-f", str(self._configuration))
        return Daemon("haproxy", command, url=f"http://127.0.0.1:{port}{check}")

    @property
    def _configuration(self) -> Path:
        return self._folder / "haproxy.cfg"


def _page(reason: str) -> bytes:
    """A whole answer, as haproxy wants it."""
    title = "Service Unavailable"
    body = json.dumps({"error": {"code": 503, "title": title, "message": reason}})
    head = f"HTTP/1.1 503 {title}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
