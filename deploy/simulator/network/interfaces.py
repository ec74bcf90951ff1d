"""Router interfaces: attached by subnet or by port, detached by either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.simulator.http import Json, Request, Response, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network import addresses
from deploy.simulator.network.errors import NeutronError, bad, conflict, forbidden, missing
from deploy.simulator.network.gateways import GATEWAY, overlapping
from deploy.simulator.network.routers import INTERFACE
from deploy.simulator.network.state import Row, State, touch

if TYPE_CHECKING:
    from deploy.simulator.network.service import NetworkService


class Interfaces:
    """`/routers/<id>/{add,remove}_router_interface`."""

    def __init__(self, service: NetworkService) -> None:
        self.service = service
        self.state: State = service.state

    def add(self, token: Token, request: Request) -> Response:
        """Attach a subnet through a new port, or a port that exists."""
        router, given = self._target(token, request, "add_router_interface")
        if "port_id" in given and "subnet_id" in given:
            raise bad("router", "Cannot specify both subnet-id and port-id")
        if "port_id" in given:
            port = self._add_port(token, router, str(given["port_id"]))
        else:
            port = self._add_subnet(token, router, str(given["subnet_id"]))
        touch(router)
        return reply(self._answer(router, port, port["fixed_ips"]))

    def remove(self, token: Token, request: Request) -> Response:
        """Detach, and delete the port whoever made it."""
        router, given = self._target(token, request, "remove_router_interface")
        ports = self.state.ports_on(router["id"], INTERFACE)
        subnet_id = given.get("subnet_id")
        if "port_id" in given:
            wanted = str(given["port_id"])
            port = next((row for row in ports if row["id"] == wanted), None)
            if port is None:
                text = f"Router {router['id']} does not have an interface with id {wanted}"
                raise NeutronError(404, "RouterInterfaceNotFound", text)
            if subnet_id and all(item["subnet_id"] != subnet_id for item in port["fixed_ips"]):
                text = f"Subnet on port {wanted} does not match the requested subnet {subnet_id}."
                raise NeutronError(400, "SubnetMismatchForPort", text)
        else:
            self.service.subnets.get(token, str(subnet_id))
            port = next((row for row in ports if _serves(row, str(subnet_id))), None)
            if port is None:
                text = f"Router {router['id']} has no interface on subnet {subnet_id}"
                raise NeutronError(404, "RouterInterfaceNotFoundForSubnet", text)
        for item in port["fixed_ips"]:
            self._unused(router, self.state.table("subnets")[item["subnet_id"]])
        self.service.ports.drop(port)
        touch(router)
        return reply(self._answer(router, port, port["fixed_ips"]))

    def _target(self, token: Token, request: Request, action: str) -> tuple[Row, Json]:
        router = self.service.routers.rows.get(request.params["id"])
        if router is None or not self.service.routers.visible(token, router):
            raise missing("router", request.params["id"])
        if not token.may_write:
            raise forbidden(action)
        given = request.json()
        if not isinstance(given, dict) or not {"port_id", "subnet_id"} & set(given):
            raise bad("router", "Either subnet_id or port_id must be specified")
        return router, given

    def _add_subnet(self, token: Token, router: Row, subnet_id: str) -> Row:
        subnet = self.service.subnets.get(token, subnet_id)
        if not subnet["gateway_ip"]:
            raise bad("router", "Subnet for router interface must have a gateway IP")
        if subnet["project_id"] != token.project.id and not token.is_admin:
            raise bad(
                "router",
                f"Cannot add interface to router because subnet {subnet_id} is not owned by "
                "project making the request",
            )
        self._no_overlap(router, [subnet])
        values = {
            "project_id": router["project_id"],
            "name": "",
            "device_id": router["id"],
            "device_owner": INTERFACE,
        }
        wanted = [{"subnet_id": subnet_id, "ip_address": subnet["gateway_ip"]}]
        network = self.state.table("networks")[subnet["network_id"]]
        port = self.service.ports.build(network, values, wanted)
        port["status"] = "ACTIVE"
        return port

    def _add_port(self, token: Token, router: Row, port_id: str) -> Row:
        port = self.service.ports.get(token, port_id)
        if port["device_id"]:
            text = (
                f"Unable to complete operation on port {port_id} for network "
                f"{port['network_id']}. Port already has an attached device "
                f"{port['device_id']}."
            )
            raise conflict("PortInUse", text)
        if not port["fixed_ips"]:
            raise bad("router", "Router port must have at least one fixed IP")
        subnets = self.state.table("subnets")
        self._no_overlap(router, [subnets[item["subnet_id"]] for item in port["fixed_ips"]])
        self.service.ports.assign(
            port,
            device_id=router["id"],
            device_owner=INTERFACE,
            status="ACTIVE",
        )
        return port

    def _no_overlap(self, router: Row, new: list[Row]) -> None:
        subnets = self.state.table("subnets")
        for port in self.state.ports_on(router["id"], INTERFACE, GATEWAY):
            for item in port["fixed_ips"]:
                old = subnets[item["subnet_id"]]
                for subnet in new:
                    if subnet["id"] == old["id"]:
                        raise bad("router", f"Router already has a port on subnet {old['id']}")
                    if addresses.overlap(subnet["cidr"], old["cidr"]):
                        raise overlapping(subnet, old)

    def _unused(self, router: Row, subnet: Row) -> None:
        where = f"Router interface for subnet {subnet['id']} on router {router['id']}"
        for route in router["routes"]:
            if addresses.contains(subnet["cidr"], route["nexthop"]):
                text = f"{where} cannot be deleted, as it is required by one or more routes."
                raise conflict("RouterInterfaceInUseByRoute", text)
        for row in self.state.table("floatingips").values():
            if row["router_id"] != router["id"] or not row["port_id"]:
                continue
            port = self.state.table("ports")[row["port_id"]]
            if _serves(port, subnet["id"]):
                text = f"{where} cannot be deleted, as it is required by one or more floating IPs."
                raise conflict("RouterInterfaceInUseByFloatingIP", text)

    def _answer(self, router: Row, port: Row, fixed: list[Json]) -> Json:
        subnet_ids = [item["subnet_id"] for item in fixed]
        return {
            "id": router["id"],
            "tenant_id": port["project_id"],
            "port_id": port["id"],
            "network_id": port["network_id"],
            "subnet_id": subnet_ids[-1],
            "subnet_ids": subnet_ids,
        }


def _serves(port: Row, subnet_id: str) -> bool:
    return any(item["subnet_id"] == subnet_id for item in port["fixed_ips"])
