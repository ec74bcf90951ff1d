"""Requests: every declared route of every API, with arguments, query, headers and body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from api.main import APIS
from tests.fuzz.bodies import body
from tests.fuzz.values import Values

_QUERY = (
    "limit", "marker", "offset", "sort_key", "sort_dir", "sort", "fields", "name", "status", "id",
    "all_tenants", "availability_zone", "changes-since", "tags", "page_reverse", "is_public",
    "with_count", "deleted", "metadata", "user_id", "project_id", "tenant_id", "device_id",
    "network_id", "fixed_ips", "created_at", "minRam", "start", "end", "detailed", "host", "state",
    "security_groups", "cidr", "shared", "router:external", "usage_type", "force", "cascade",
    "reservation_id",
)  # fmt: skip
_DIRECTIONS = ("asc", "desc", "created_at", "name:asc", "id:desc,name", "display_name")
_HOSTS = ("pod1-storage1@file", "pod2-storage1@file#file", "pod1-compute1", "nowhere@file")
# What would take a pod away from everybody: its answers would rightly be 503 from then on.
_HARMFUL = {("PUT", "/pods/{pod_id}"), ("PATCH", "/pods/{pod_id}"), ("DELETE", "/pods/{pod_id}")}
USERS = (*("admin",) * 7, *("tenant",) * 9, "viewer", "nobody")


@dataclass
class Request:
    """One request, and the route it was made for."""

    user: str
    method: str
    route: str
    path: str
    headers: dict[str, str]
    content: bytes | None

    def __str__(self) -> str:
        content = (self.content or b"")[:400].decode(errors="replace")
        return f"{self.user}: {self.method} {self.path[:300]} {self.headers} {content}"


def routes() -> list[tuple[str, str, str]]:
    """Method, prefix and path of every declared route."""
    return [
        (route.method, api.address(""), route.path)
        for api in APIS
        for route in api.routes().declared
        if (route.method, route.path) not in _HARMFUL
    ]


def requests(values: Values, number: int) -> Iterator[Request]:
    """So many requests; what ``values`` has learned meanwhile is in the later ones."""
    known = routes()
    for _ in range(number):
        method, prefix, path = values.one(known)
        while method == "DELETE" and values.chance(0.6):
            # Too much of it, and there is little left to ask about.
            method, prefix, path = values.one(known)
        yield _request(values, method, prefix, path)


def _request(values: Values, method: str, prefix: str, path: str) -> Request:
    parts = path.strip("/").split("/")
    filled = []
    for n, part in enumerate(parts):
        if part.startswith("{"):
            noun = parts[n - 1].removeprefix("os-").replace("-", "_") if n else ""
            filled.append(quote(values.segment({"types": "volume_types"}.get(noun, noun)), "%"))
        else:
            filled.append(part)
    content: bytes | None = None
    headers: dict[str, str] = _versions(values, prefix)
    if method in ("POST", "PUT", "PATCH") or values.chance(0.02):
        headers["Content-Type"] = "application/json"
        content = _content(values, path)
        if values.chance(0.03):
            headers["Content-Type"] = values.one(("text/plain", "application/octet-stream", ""))
    full = prefix + "/" + "/".join(filled) + _query(values, method)
    user = values.one(USERS)
    return Request(user, method, f"{method} {prefix}{path}", full, headers, content)


def _content(values: Values, path: str) -> bytes:
    kind = values.random.randrange(40)
    if kind == 0:
        return bytes(values.one((b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"0", b"{}")))
    if kind == 1:
        return b"[" * 5000 + b"]" * 5000
    text = json.dumps(body(values, path), ensure_ascii=values.chance(0.5))
    return text.encode("utf-8", "surrogatepass")


def _query(values: Values, method: str) -> str:
    if not values.chance(0.6 if method == "GET" else 0.1):
        return ""
    pairs = []
    for _ in range(values.random.randrange(1, 4)):
        name = values.one(_QUERY)
        value: Any = values.one(_DIRECTIONS) if name.startswith("sort") else values.scalar()
        if name == "host" and values.chance(0.7):
            value = values.one(_HOSTS)
        if values.chance(0.2):
            value = values.one(("1", "10", "true", "0"))
        text = str(value)[:2000].encode("utf-8", "replace").decode()
        pairs.append(f"{quote(name)}={_raw(text) if values.chance(0.02) else quote(text)}")
    return "?" + "&".join(pairs)


def _raw(text: str) -> str:
    """Return what of the text can stand in a request line as it is."""
    return "".join(char for char in text if "!" <= char <= "~" and char != "#")


def _versions(values: Values, prefix: str) -> dict[str, str]:
    if not values.chance(0.5):
        return {}
    minor = values.random.randrange(0, 110)
    service, major = ("volume", 3) if "volume" in prefix else ("compute", 2)
    version = values.one(
        (f"{major}.{minor}", f"{major}.{minor}", "latest", "x", "2.01", "9.9", "")
    )
    headers = {"OpenStack-API-Version": f"{service} {version}"}
    if service == "compute" and values.chance(0.3):
        headers = {"X-OpenStack-Nova-API-Version": version}
    return headers
