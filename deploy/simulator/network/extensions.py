"""The extensions a real ML2/OVN region of these releases lists, as far as they are simulated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Request, Response, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network.errors import NeutronError

# The names are Neutron's own: clients look extensions up by name as well as by alias.
_NAMES = {
    "address-group": "Address group",
    "agent": "agent",
    "allowed-address-pairs": "Allowed Address Pairs",
    "availability_zone": "Availability Zone",
    "binding": "Port Binding",
    "default-subnetpools": "Default Subnetpools",
    "external-net": "Neutron external network",
    "extra_dhcp_opt": "Neutron Extra DHCP options",
    "extraroute": "Neutron Extra Route",
    "extraroute-atomic": "Atomically add/remove extra routes",
    "ext-gw-mode": "Neutron L3 Configurable external gateway mode",
    "fip-port-details": "Add Port Details to Floating IP",
    "ip-substring-filtering": "IP address substring filtering",
    "net-mtu": "Network MTU",
    "net-mtu-writable": "Network MTU (writable)",
    "network_availability_zone": "Network Availability Zone",
    "pagination": "Pagination support",
    "port-security": "Port Security",
    "project-id": "project_id field enabled",
    "provider": "Provider Network",
    "quotas": "Quota management support",
    "router": "Neutron L3 Router",
    "router_availability_zone": "Router Availability Zone",
    "security-group": "security-group",
    "security-groups-remote-address-group": "Remote address group id field for security group "
    "rules",
    "sorting": "Sorting support",
    "standard-attr-description": "standard-attr-description",
    "standard-attr-revisions": "Resource revision numbers",
    "standard-attr-tag": "Tag support for resources with standard attribute: ",
    "standard-attr-timestamp": "Resource timestamps",
}


class Extensions:
    """`/extensions`."""

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        add("GET", "/network/v2.0/extensions", self.index)
        add("GET", "/network/v2.0/extensions/{alias}", self.show)

    def index(self, token: Token, request: Request) -> Response:
        """All of them."""
        return reply({"extensions": [self._row(alias) for alias in _NAMES]})

    def show(self, token: Token, request: Request) -> Response:
        """One, by its alias."""
        alias = request.params["alias"]
        if alias not in _NAMES:
            text = f"Extension with alias {alias} does not exist"
            raise NeutronError(404, "HTTPNotFound", text)
        return reply({"extension": self._row(alias)})

    def _row(self, alias: str) -> Json:
        return {
            "alias": alias,
            "name": _NAMES[alias],
            "description": _NAMES[alias],
            "updated": "2016-01-01T10:00:00-00:00",
            "links": [],
        }
