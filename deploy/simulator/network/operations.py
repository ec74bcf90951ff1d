"""What an operator reads: zones and quotas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Request, Response, empty, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network.errors import forbidden, malformed
from deploy.simulator.network.state import State

_QUOTA = {
    "network": 100,
    "subnet": 100,
    "subnetpool": -1,
    "port": 500,
    "router": 10,
    "floatingip": 50,
    "security_group": 10,
    "security_group_rule": 100,
    "rbac_policy": 10,
    "trunk": -1,
}
_COUNTED = {
    "network": "networks",
    "subnet": "subnets",
    "port": "ports",
    "router": "routers",
    "floatingip": "floatingips",
    "security_group": "security_groups",
    "security_group_rule": "security_group_rules",
}


class Operations:
    """`/availability_zones`, `/quotas`."""

    def __init__(self, state: State) -> None:
        self.state = state

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/network/v2.0/availability_zones", self.zones)
        for word in ("tenant", "project"):
            add("GET", f"/network/v2.0/quotas/{word}", self.whose)
        add("GET", "/network/v2.0/quotas/{project}", self.quota)
        add("GET", "/network/v2.0/quotas/{project}/default", self.default_quota)
        add("GET", "/network/v2.0/quotas/{project}/details.json", self.used_quota)
        add("GET", "/network/v2.0/quotas/{project}/details", self.used_quota)
        add("PUT", "/network/v2.0/quotas/{project}", self.set_quota)
        add("DELETE", "/network/v2.0/quotas/{project}", self.drop_quota)

    def whose(self, token: Token, request: Request) -> Response:
        """The caller's project, under the word by which it was asked for."""
        word = request.path.rsplit("/", 1)[-1]
        return reply({word: {f"{word}_id": token.project.id}})

    def zones(self, token: Token, request: Request) -> Response:
        """None: OVN's agents are in no zone unless an operator names one."""
        return reply({"availability_zones": []})

    def quota(self, token: Token, request: Request) -> Response:
        """The limits of a project."""
        return reply({"quota": self._limits(token, request)})

    def default_quota(self, token: Token, request: Request) -> Response:
        """The limits of a project nobody has set any for."""
        return reply({"quota": dict(_QUOTA)})

    def used_quota(self, token: Token, request: Request) -> Response:
        """The limits with what is used of them."""
        project, details = request.params["project"], {}
        for name, limit in self._limits(token, request).items():
            used = self._used(project, name)
            details[name] = {"limit": limit, "used": used, "reserved": 0}
        return reply({"quota": details})

    def set_quota(self, token: Token, request: Request) -> Response:
        """Set limits, none below what is used unless that is forced."""
        if not token.is_admin:
            raise forbidden("update_quota")
        given = dict(request.envelope("quota"))
        given.pop("check_limit", None)
        if given.pop("force", None) is not True:
            for name, limit in given.items():
                used = self._used(request.params["project"], name)
                if 0 <= limit < used:
                    text = (
                        f"Quota limit {limit} for {name} must be greater than or equal to "
                        f"already used {used}"
                    )
                    raise malformed(text)
        self.state.quotas.setdefault(request.params["project"], {}).update(given)
        return reply({"quota": self._limits(token, request)})

    def drop_quota(self, token: Token, request: Request) -> Response:
        """Back to the defaults."""
        if not token.is_admin:
            raise forbidden("delete_quota")
        self.state.quotas.pop(request.params["project"], None)
        return empty()

    def _used(self, project: str, name: str) -> int:
        rows = self.state.tables.get(_COUNTED.get(name, ""), {}).values()
        return sum(row["project_id"] == project for row in rows)

    def _limits(self, token: Token, request: Request) -> Json:
        project = request.params["project"]
        if project != token.project.id and not token.is_admin:
            raise forbidden("get_quota")
        return {**_QUOTA, **self.state.quotas.get(project, {})}
