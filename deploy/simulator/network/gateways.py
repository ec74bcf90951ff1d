"""A router's way out: its port on an external network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.simulator.http import Json
from deploy.simulator.identity.state import Token
from deploy.simulator.network import addresses, checks
from deploy.simulator.network.errors import NeutronError, bad, conflict, forbidden, malformed
from deploy.simulator.network.ports import by_address
from deploy.simulator.network.state import Row, State

if TYPE_CHECKING:
    from deploy.simulator.network.service import NetworkService

GATEWAY = "network:router_gateway"
_GIVEN = checks.record(
    network_id=checks.uuid,
    enable_snat=checks.boolean,
    external_fixed_ips=checks.fixed_ips,
    qos_policy_id=checks.nullable(checks.uuid),
)


class Gateways:
    """Sets, moves and clears gateways."""

    def __init__(self, service: NetworkService) -> None:
        self.service = service
        self.state: State = service.state

    def set(self, token: Token, router: Row, given: Json) -> None:
        """Give a router the gateway asked for; the same one again changes nothing."""
        info = self._checked(given)
        network = self.service.networks.get(token, info["network_id"])
        if not self.service.networks.owned(token, network):
            for key in ("enable_snat", "external_fixed_ips"):
                if key in info:
                    raise forbidden(f"update_router:external_gateway_info:{key}")
        if not network["router:external"]:
            raise bad("router", f"Network {network['id']} is not an external network")
        wanted = info.get("external_fixed_ips") or None
        self._not_the_subnets_gateway(network, wanted)
        port = self.port_of(router)
        if port is not None and port["network_id"] == network["id"]:
            if wanted is not None:
                self._move(port, wanted)
        else:
            if port is not None:
                self._unused(router, port)
            self._no_overlap(router, network)
            new = self._attach(router, network, wanted)
            if port is not None:
                self.service.ports.drop(port)
            port = new
        router["external_gateway_info"] = {
            "network_id": network["id"],
            "external_fixed_ips": by_address(port["fixed_ips"]),
            # Not said, it is on again.
            "enable_snat": info.get("enable_snat", True),
        }

    def clear(self, router: Row) -> None:
        """Take the gateway away; refused while floating IPs go through it."""
        port = self.port_of(router)
        if port is not None:
            self._unused(router, port)
            self.service.ports.drop(port)
        router["external_gateway_info"] = None

    def port_of(self, router: Row) -> Row | None:
        """The gateway port, if there is one."""
        return next(iter(self.state.ports_on(router["id"], GATEWAY)), None)

    def _checked(self, given: Json) -> Json:
        try:
            info: Json = _GIVEN(given)
        except ValueError as error:
            text = f"Invalid input for external_gateway_info. Reason: {error}."
            raise malformed(text) from error
        if "network_id" not in info:
            text = "Invalid input for external_gateway_info. Reason: network_id is missing."
            raise malformed(text)
        return info

    def _not_the_subnets_gateway(self, network: Row, wanted: list[Json] | None) -> None:
        gateways = {subnet["gateway_ip"] for subnet in self.state.subnets_of(network["id"])}
        for item in wanted or ():
            if item.get("ip_address") is not None and item["ip_address"] in gateways:
                address = item["ip_address"]
                raise bad("router", f"External IP {address} is the same as the gateway IP")

    def _no_overlap(self, router: Row, network: Row) -> None:
        for port in self.state.ports_on(router["id"], "network:router_interface"):
            for item in port["fixed_ips"]:
                inner = self.state.table("subnets")[item["subnet_id"]]
                for outer in self.state.subnets_of(network["id"]):
                    if addresses.overlap(inner["cidr"], outer["cidr"]):
                        raise overlapping(outer, inner)

    def _attach(self, router: Row, network: Row, wanted: list[Json] | None) -> Row:
        values = {
            "project_id": "",
            "name": "",
            "device_id": router["id"],
            "device_owner": GATEWAY,
            "binding:host_id": self.state.host,
        }
        return self.service.ports.build(network, values, wanted)

    def _move(self, port: Row, wanted: list[Json]) -> None:
        """The port stays, and what leads through it."""
        values: Row = {"fixed_ips": wanted}
        self.service.ports.readdress(port, values)
        port.update(values)

    def _unused(self, router: Row, port: Row) -> None:
        for row in self.state.table("floatingips").values():
            if row["router_id"] == router["id"]:
                text = (
                    f"Gateway cannot be updated for router {router['id']}, since a gateway to "
                    f"external network {port['network_id']} is required by one or more "
                    "floating IPs."
                )
                raise conflict("RouterExternalGatewayInUseByFloatingIp", text)


def overlapping(new: Row, old: Row) -> NeutronError:
    """Two subnets on one router that share addresses."""
    return bad(
        "router",
        f"Cidr {new['cidr']} of subnet {new['id']} overlaps with cidr {old['cidr']} "
        f"of subnet {old['id']}",
    )
