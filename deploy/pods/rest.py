"""A REST client for setting up: a token, JSON in, JSON out, standard library only."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from deploy.pods.console import LabError
from deploy.pods.layout import KEYSTONE_URL, State

# Proxies of the environment must not see requests to loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Rest:
    """Calls to OpenStack as one user, e.g. ``Rest.admin(state).get(url)["networks"]``."""

    def __init__(
        self, user: str, password: str, project: str, keystone: str = KEYSTONE_URL
    ) -> None:
        domain = {"id": "default"}
        login = {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": user, "password": password, "domain": domain}},
            },
            "scope": {"project": {"name": project, "domain": domain}},
        }
        headers, body = _send("POST", f"{keystone}/auth/tokens", {}, {"auth": login})
        self._headers = {"X-Auth-Token": headers["X-Subject-Token"]}
        self._catalog = body["token"]["catalog"]

    @classmethod
    def admin(cls, state: State) -> "Rest":
        """The lab's administrator."""
        return cls("admin", state.secrets["admin"], "admin")

    def endpoints(self) -> dict[str, dict[str, str]]:
        """Region -> service type -> internal URL, as the user's catalog has them."""
        found: dict[str, dict[str, str]] = {}
        for service in self._catalog:
            for row in service["endpoints"]:
                if row["interface"] == "internal":
                    found.setdefault(row["region_id"], {})[service["type"]] = row["url"]
        return found

    def get(self, url: str) -> Any:
        """The answer's body."""
        return _send("GET", url, self._headers, None)[1]

    def find(self, url: str) -> Any:
        """The answer's body; None where there is no such thing (404)."""
        return _send("GET", url, self._headers, None, accept=(404,))[1]

    def post(self, url: str, body: Any) -> Any:
        """The answer's body; an object that is there already (409) answers None."""
        return _send("POST", url, self._headers, body, accept=(409,))[1]

    def put(self, url: str, body: Any = None) -> Any:
        """The answer's body."""
        return _send("PUT", url, self._headers, body)[1]

    def delete(self, url: str) -> None:
        """The object is gone, also when it was not there (404)."""
        _send("DELETE", url, self._headers, None, accept=(404,))

    def upload(self, url: str, data: bytes) -> None:
        """Send bytes as they are."""
        headers = self._headers | {"Content-Type": "application/octet-stream"}
        _send("PUT", url, headers, data)


def heartbeats(services: list[dict[str, Any]], since: datetime) -> set[str]:
    """The programs of an ``os-services`` answer that reported themselves alive after a time.

    A service counts as up for a minute after it was killed: the state alone says nothing.
    """
    return {
        service["binary"]
        for service in services
        if service["state"] == "up"
        and service["updated_at"]
        and datetime.fromisoformat(service["updated_at"]).replace(tzinfo=UTC) > since
    }


def _send(
    method: str, url: str, headers: dict[str, str], body: Any, accept: tuple[int, ...] = ()
) -> tuple[Any, Any]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"} | headers
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with _opener.open(request, timeout=120) as answer:
            raw = answer.read()
            return answer.headers, json.loads(raw) if raw else None
    except urllib.error.HTTPError as error:
        if error.code in accept:
            return error.headers, None
        text = error.read().decode(errors="replace")[:500]
        raise LabError(f"{method} {url} answered {error.code}: {text}") from error
    except OSError as error:
        raise LabError(f"{method} {url}: {error}") from error
