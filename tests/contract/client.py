"""A bare HTTP client: what is compared are bytes on the wire, so no SDK comes in between."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import yaml

Json = dict[str, Any]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def error(self) -> str | None:
        """The type of a refusal: what a client can tell refusals apart by."""
        if self.status < 400 or not isinstance(self.body, dict):
            return None
        neutron = self.body.get("NeutronError")
        if isinstance(neutron, dict):
            return str(neutron.get("type"))
        return ",".join(sorted(self.body))


def send(
    method: str, url: str, headers: dict[str, str], body: Any = None, raw: bytes | None = None
) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=90)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
    kind = {"Content-Type": "application/json"} if raw is None else {}
    try:
        connection.request(method, path, data, {**kind, **headers})
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    try:
        decoded = json.loads(content) if content else None
    except ValueError:
        decoded = content
    return Answer(
        response.status, {key.lower(): value for key, value in response.getheaders()}, decoded
    )


@dataclass
class Login:
    """One user's token, and where it finds the services of each region."""

    auth: Json = field(repr=False)
    token: str = field(default="", repr=False)
    project_id: str = ""
    user_id: str = ""
    urls: dict[tuple[str, str], str] = field(default_factory=dict)

    def sign_in(self) -> None:
        domain = {"id": "default"}
        user = {"name": self.auth["username"], "password": self.auth["password"], "domain": domain}
        project = {"name": self.auth["project_name"], "domain": domain}
        body = {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": project},
            }
        }
        answer = send("POST", f"{self.auth['auth_url']}/auth/tokens", {}, body)
        assert answer.status == 201, f"{self.auth['username']} cannot sign in: {answer.status}"
        token = answer.body["token"]
        self.token = answer.headers["x-subject-token"]
        self.project_id, self.user_id = token["project"]["id"], token["user"]["id"]
        for entry in token["catalog"]:
            for endpoint in entry["endpoints"]:
                if endpoint["interface"] == "public":
                    self.urls[endpoint["region_id"], entry["type"]] = endpoint["url"]


def logins(clouds_yaml: str) -> dict[str, Login]:
    """A login for each of the cloud's users, not yet signed in."""
    clouds = yaml.safe_load(clouds_yaml)["clouds"]
    wanted = ("admin", "demo", "alt", "viewer", "trio2o")
    return {name: Login(clouds[name]["auth"]) for name in wanted}
