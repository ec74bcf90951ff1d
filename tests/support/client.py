"""Users of the gateway: what a test does, it does as one of them, by HTTP."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
PATIENCE = 180.0


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def fault(self) -> str:
        """The word by which a client tells refusals apart."""
        if not isinstance(self.body, dict):
            return ""
        neutron = self.body.get("NeutronError")
        return str(neutron["type"]) if neutron else next(iter(self.body), "")

    @property
    def message(self) -> str:
        """What a person reads of a refusal."""
        if not isinstance(self.body, dict) or not self.body:
            return ""
        first: Any = next(iter(self.body.values()))
        first = first[0] if isinstance(first, list) else first
        return str(first.get("message") or first.get("detail") or first.get("title"))


def send(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    """Send one request; ``bytes`` go as they are, anything else as JSON."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    kind = {} if body is None else {"Content-Type": "application/json"}
    try:
        connection.request(method, path or "/", data, {**kind, **(headers or {})})
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    received = {name.lower(): value for name, value in response.getheaders()}
    try:
        return Answer(response.status, received, json.loads(content) if content else None)
    except ValueError:
        return Answer(response.status, received, content)


def until(question: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Ask until the answer is truthy; that answer."""
    deadline = time.monotonic() + seconds
    pause = 0.05
    while not (answer := question()):
        assert time.monotonic() < deadline, f"it never came true: {what}"
        time.sleep(pause)
        # Who waits for long need not ask often: every question costs the tested a little.
        pause = min(pause * 1.3, 0.4)
    return answer


@dataclass
class Api:
    """One API of the gateway as one user sees it."""

    user: User
    prefix: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request; whatever comes back is fine."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        token = {"X-Auth-Token": self.user.token}
        return send(method, self.user.gateway + self.prefix + path, body, token | named)

    def get(self, path: str) -> Any:
        """What is under the one key of a document that must be there."""
        return self._inner(self("GET", path), path, 200)

    def list(self, path: str, key: str = "") -> list[Json]:
        """The rows of a list."""
        answer = self("GET", path)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.body}"
        key = key or path.split("?")[0].strip("/").split("/")[0].replace("-", "_")
        rows: list[Json] = answer.body[key]
        return rows

    def make(self, path: str, **body: Any) -> Any:
        """Create one object of a collection; it must work."""
        collection = path.strip("/").split("/")[-1].removeprefix("os-").replace("-", "_")
        key = "policy" if collection == "policies" else collection.removesuffix("s")
        answer = self("POST", path, {key: body})
        return self._inner(answer, f"POST {path} {body}", 200, 201, 202)

    def put(self, path: str, body: Any) -> Any:
        """Change something; it must work."""
        answer = self("PUT", path, body)
        assert answer.status in (200, 202), f"PUT {path} {body}: {answer.status} {answer.body}"
        return answer.body

    def delete(self, path: str) -> None:
        """Delete something that must be there."""
        answer = self("DELETE", path)
        assert answer.status in (200, 202, 204), f"DELETE {path}: {answer.status} {answer.body}"

    @staticmethod
    def _inner(answer: Answer, what: str, *fine: int) -> Any:
        assert answer.status in fine, f"{what}: {answer.status} {answer.body}"
        return next(iter(answer.body.values()))


@dataclass
class User:
    """Somebody with a token, at the gateway."""

    gateway: str
    auth: Json = field(repr=False)
    token: str = field(default="", repr=False)
    project_id: str = ""
    user_id: str = ""
    catalog: list[Json] = field(default_factory=list, repr=False)

    def sign_in(self, scope: Json | None = None) -> User:
        """Get a token for the project, or for another scope."""
        domain = {"id": "default"}
        user = {"name": self.auth["username"], "password": self.auth["password"], "domain": domain}
        scope = scope or {"project": {"name": self.auth["project_name"], "domain": domain}}
        return self._sign_in({"methods": ["password"], "password": {"user": user}}, scope)

    def application(self, **wanted: Any) -> User:
        """Make an application credential; whoever signs in with it."""
        path = f"{self.auth['auth_url']}/users/{self.user_id}/application_credentials"
        body = {"application_credential": {"name": "program", **wanted}}
        made = send("POST", path, body, {"X-Auth-Token": self.token})
        assert made.status == 201, made.body
        given = {key: made.body["application_credential"][key] for key in ("id", "secret")}
        program = User(self.gateway, self.auth)
        return program._sign_in(
            {"methods": ["application_credential"], "application_credential": given}
        )

    def _sign_in(self, identity: Json, scope: Json | None = None) -> User:
        body = {"auth": {"identity": identity, **({"scope": scope} if scope else {})}}
        answer = send("POST", f"{self.auth['auth_url']}/auth/tokens", body)
        assert answer.status == 201, f"{self.auth['username']} cannot sign in: {answer.status}"
        self.token, token = answer.headers["x-subject-token"], answer.body["token"]
        self.project_id = token.get("project", {}).get("id", "")
        self.user_id = token["user"]["id"]
        self.catalog = token["catalog"]
        return self

    def endpoint(self, region: str, service: str) -> str:
        """Where a service of a region is, past the gateway."""
        return next(
            str(endpoint["url"]).rstrip("/")
            for entry in self.catalog
            for endpoint in entry["endpoints"]
            if (entry["type"], endpoint["region_id"], endpoint["interface"])
            == (service, region, "public")
        )

    @property
    def compute(self) -> Api:
        """Nova."""
        return Api(self, "/compute/v2.1")

    @property
    def network(self) -> Api:
        """Neutron."""
        return Api(self, "/network/v2.0")

    @property
    def volume(self) -> Api:
        """Cinder."""
        return Api(self, "/volume/v3")

    @property
    def image(self) -> Api:
        """Glance."""
        return Api(self, "/image/v2")

    @property
    def admin(self) -> Api:
        """The Admin API."""
        return Api(self, "/v1.0")
