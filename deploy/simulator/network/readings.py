"""What is only read: how full networks are, trunks, drivers, the topology made on demand."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deploy.simulator.http import Request, Response, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network import query
from deploy.simulator.network.errors import conflict, forbidden, missing
from deploy.simulator.network.state import Row, State

if TYPE_CHECKING:
    from deploy.simulator.network.service import NetworkService


class Readings:
    """How full networks are, and what is small enough to stand beside it."""

    def __init__(self, service: NetworkService) -> None:
        self.service = service
        self.state: State = service.state

    def route(self, add: Callable[[str, str, Any], None]) -> None:
        """Add the routes."""
        full = "/network/v2.0/network-ip-availabilities"
        add("GET", full, self.availabilities)
        add("GET", f"{full}/{{id}}", self.availability)
        add("GET", "/network/v2.0/trunks", self.trunks)
        add("GET", "/network/v2.0/floatingip_pools", self.pools)
        add("GET", "/network/v2.0/service-providers", self.providers)
        for method in ("GET", "DELETE"):
            add(method, "/network/v2.0/auto-allocated-topology/{project}", self.topology)

    def availabilities(self, token: Token, request: Request) -> Response:
        """How full each network is; for an administrator."""
        if not token.is_admin:
            raise forbidden("get_network_ip_availability")
        wanted = query.filters(request, {"network_id", "network_name", "project_id", "ip_version"})
        versions = {int(version) for version in wanted.pop("ip_version", ["4", "6"])}
        rows = [self._full(row, versions) for row in self.service.networks.rows.values()]
        return reply({"network_ip_availabilities": query.select(rows, wanted)})

    def availability(self, token: Token, request: Request) -> Response:
        """How full one network is."""
        network = self.service.networks.rows.get(request.params["id"])
        if network is None or not token.is_admin:
            raise missing("network", request.params["id"])
        return reply({"network_ip_availability": self._full(network, {4, 6})})

    def pools(self, token: Token, request: Request) -> Response:
        """The subnets that floating IPs come from."""
        wanted = query.filters(request, set())
        rows = [
            {
                "subnet_id": subnet["id"],
                "subnet_name": subnet["name"],
                "network_id": network["id"],
                "cidr": subnet["cidr"],
                "project_id": token.project.id,
                "tenant_id": token.project.id,
            }
            for network in self.service.networks.rows.values()
            if network["router:external"] and self.service.networks.visible(token, network)
            for subnet in self.state.subnets_of(network["id"])
            if subnet["ip_version"] == 4
        ]
        return reply({"floatingip_pools": query.select(rows, wanted)})

    def trunks(self, token: Token, request: Request) -> Response:
        """None: nobody makes any here."""
        return reply({"trunks": []})

    def providers(self, token: Token, request: Request) -> Response:
        """The one driver of routers."""
        rows = [{"service_type": "L3_ROUTER_NAT", "name": "ovn", "default": True}]
        wanted = query.filters(request, {"service_type", "name", "default"})
        return reply({"service_providers": query.select(rows, wanted)})

    def topology(self, token: Token, request: Request) -> Response:
        """Nobody has made a network for it the default one."""
        text = "Deployment error: No default router:external network."
        raise conflict("AutoAllocationFailure", text)

    def _full(self, network: Row, versions: set[int]) -> Row:
        subnets = self.state.subnets_of(network["id"])
        parts = [self._part(row) for row in subnets if row["ip_version"] in versions]
        return {
            "network_id": network["id"],
            "network_name": network["name"],
            "tenant_id": network["project_id"],
            "project_id": network["project_id"],
            "subnet_ip_availability": parts,
            "used_ips": sum(part["used_ips"] for part in parts),
            "total_ips": sum(part["total_ips"] for part in parts),
        }

    def _part(self, subnet: Row) -> Row:
        spans = [
            [int(ipaddress.ip_address(pool[end])) for end in ("start", "end")]
            for pool in subnet["allocation_pools"]
        ]
        return {
            "subnet_id": subnet["id"],
            "subnet_name": subnet["name"],
            "ip_version": subnet["ip_version"],
            "cidr": subnet["cidr"],
            "used_ips": sum(of == subnet["id"] for of, _ in self.state.addresses),
            "total_ips": sum(last - first + 1 for first, last in spans),
        }
