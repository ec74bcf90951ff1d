"""Plays one scenario on a cloud and writes down what it answered."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.contract.client import Answer, Json, Login, send
from tests.contract.shapes import shape

PREFIX = {"network": "/v2.0", "compute": "", "block-storage": "", "image": ""}
VERSION_HEADER = {"compute": "compute", "block-storage": "volume"}
Expected = int | tuple[int, str]


@dataclass
class Step:
    label: str
    status: int
    error: str | None
    shape: Any


@dataclass
class Cloud:
    """Where scenarios are played: the simulator or the lab."""

    name: str
    logins: dict[str, Login]
    pods: tuple[str, str]
    image: str = "cirros"


class Caller:
    """One user at one service of one pod; a call is a step unless said otherwise."""

    def __init__(self, play: Play, pod: str, user: str, service: str) -> None:
        self.play, self.pod, self.user, self.service = play, pod, user, service
        self.login = play.cloud.logins[user]

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        expect: Expected,
        version: str = "",
        match: str = "",
        compare: bool = True,
    ) -> Any:
        """Call, insist on what is expected, and hand back the body."""
        answer = self.send(method, path, body, version, match=match)
        status, error = expect if isinstance(expect, tuple) else (expect, None)
        where = f"{self.play.cloud.name}: {method} {self.service} {path} as {self.user}"
        said = f"{where}: {answer.status} {answer.error or ''}: {answer.body}"
        if status < 300:
            assert answer.status == status, said
        elif answer.status != status or error not in (None, answer.error):
            # A refusal leaves nothing that later steps need: note it and go on.
            self.play.wrong.append(f"not {status} {error or ''}: {said}")
            if method == "POST" and answer.status < 300 and isinstance(answer.body, dict):
                made = next(iter(answer.body.values()))
                self.play.clean(self, f"{path}/{made.get('id') or made.get('name')}")
        if compare:
            plain = path.split("?")[0].strip("/").split("/")[0]
            label = f"{method} {self.service} {plain} {version} as {self.user}"
            row = Step(label, answer.status, answer.error, shape(answer.body))
            self.play.steps.append(row)
        return answer.body

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        version: str = "",
        raw: bytes | None = None,
        match: str = "",
    ) -> Answer:
        """Call and look at nothing."""
        base = self.login.urls[self.pod, self.service]
        prefix = PREFIX[self.service]
        if self.service == "image" and not base.rstrip("/").endswith("/v2"):
            prefix = "/v2"
        headers = {"X-Auth-Token": self.login.token}
        if version:
            headers["OpenStack-API-Version"] = f"{VERSION_HEADER[self.service]} {version}"
        if match:
            headers["If-Match"] = match
        if raw is not None:
            headers["Content-Type"] = "application/octet-stream"
        return send(method, f"{base.rstrip('/')}{prefix}{path}", headers, body, raw)

    def make(
        self, path: str, key: str, *, expect: int = 201, version: str = "", **body: Any
    ) -> Any:
        """Create something, which goes away when the scenario is over."""
        made = self("POST", path, {key: body}, expect=expect, version=version)[key]
        self.play.clean(self, f"{path}/{made.get('id') or made['name']}")
        return made

    def until(self, path: str, done: Callable[[Answer], bool], what: str) -> Answer:
        """Ask until it is so; not a step, since how often one has to ask is not compared."""
        for _ in range(600):
            answer = self.send("GET", path)
            if done(answer):
                return answer
            time.sleep(0.1 if self.play.cloud.name != "simulator" else 0.02)
        raise AssertionError(f"{self.play.cloud.name}: {path} never became {what}: {answer.body}")


@dataclass
class Play:
    """One run of one scenario."""

    cloud: Cloud
    steps: list[Step] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    name: str = field(default_factory=lambda: f"contract-{secrets.token_hex(4)}")
    vlan: int = field(default_factory=lambda: random.randrange(2900, 2990))
    _undo: list[tuple[Caller, str, str, Json | None]] = field(default_factory=list)

    def at(self, user: str, service: str = "network", pod: int = 0) -> Caller:
        """A caller in the first or the second pod."""
        return Caller(self, self.cloud.pods[pod], user, service)

    def login(self, user: str) -> Login:
        """Whom the cloud takes a user for."""
        return self.cloud.logins[user]

    def clean(
        self, caller: Caller, path: str, method: str = "DELETE", body: Json | None = None
    ) -> None:
        """Have something undone when the scenario is over, latest first."""
        self._undo.append((caller, method, path, body))

    def undo(self) -> None:
        """Undo it all; what is still in the way for a moment is waited for."""
        left = []
        for caller, method, path, body in reversed(self._undo):
            for _ in range(100):
                answer = caller.send(method, path, body)
                if answer.status < 300 or answer.status == 404:
                    break
                time.sleep(0.2)
            else:
                left.append(f"{method} {path}: {answer.status} {answer.body}")
        assert not left, f"left behind in {self.cloud.name}: {left}"
