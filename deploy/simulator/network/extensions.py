"""The extensions a real ML2/OVN region of these releases lists, as far as they are simulated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deploy.simulator.http import Json, Request, Response, reply
from deploy.simulator.identity.state import Token

# The names are Neutron's own: clients look extensions up by name as well as by alias.
_NAMES = {
    "address-group": "Address group",
    "address-scope": "Address scope",
    "auto-allocated-topology": "Auto Allocated Topology Services",
    "network-ip-availability": "Network IP Availability",
    "subnet_allocation": "Subnet Allocation",
    "agent": "agent",
    "dhcp_agent_scheduler": "DHCP Agent Scheduler",
    "allowed-address-pairs": "Allowed Address Pairs",
    "availability_zone": "Availability Zone",
    "empty-string-filtering": "Empty String Filtering Extension",
    "external-net": "Neutron external network",
    "extra_dhcp_opt": "Neutron Extra DHCP options",
    "extraroute": "Neutron Extra Route",
    "filter-validation": "Filter parameters validation",
    "floatingip-pools": "Floating IP Pools Extension",
    "fip-port-details": "Floating IP Port Details Extension",
    "router": "Neutron L3 Router",
    "ip_allocation": "IP Allocation",
    "l2_adjacency": "L2 Adjacency",
    "l3-ha": "HA Router extension",
    "service-type": "Neutron Service Type Management",
    "ext-gw-mode": "Neutron L3 Configurable external gateway mode",
    "net-mtu": "Network MTU",
    "net-mtu-writable": "Network MTU (writable)",
    "network_availability_zone": "Network Availability Zone",
    "pagination": "Pagination support",
    "binding": "Port Binding",
    "port-mac-address-regenerate": "Neutron Port MAC address regenerate",
    "port-security": "Port Security",
    "project-id": "project_id field enabled",
    "provider": "Provider Network",
    "quotas": "Quota management support",
    "quota_details": "Quota details management support",
    "standard-attr-revisions": "Resource revision numbers",
    "revision-if-match": "If-Match constraints based on revision_number",
    "router_availability_zone": "Router Availability Zone",
    "security-groups-normalized-cidr": "Normalized CIDR field for security group rules",
    "security-groups-remote-address-group": "Remote address group id field for "
    "security group rules",
    "security-groups-rules-belongs-to-default-sg": "Security group rule belongs to "
    "the project's default security group",
    "security-group": "security-group",
    "sorting": "Sorting support",
    "standard-attr-description": "standard-attr-description",
    "stateful-security-group": "Stateful security group",
    "subnet-external-network": "Subnet belongs to an external network",
    "standard-attr-tag": "Tag support for resources with standard attribute: port, "
    "subnet, subnetpool, network, security_group, router, floatingip, policy, trunk, "
    "network_segment_range",
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
            text = f"404 Not Found\n\nExtension with alias {alias} does not exist"
            return Response(404, text.encode(), [(b"content-type", b"text/plain")])
        return reply({"extension": self._row(alias)})

    def _row(self, alias: str) -> Json:
        return {
            "alias": alias,
            "name": _NAMES[alias],
            "description": _NAMES[alias],
            "updated": "2016-01-01T10:00:00-00:00",
            "links": [],
        }
