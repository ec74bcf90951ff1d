"""Floating IPs: an address on an external network, lent to a port behind a router."""

from __future__ import annotations

from typing import ClassVar

from deploy.simulator.http import Request, Response
from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks
from deploy.simulator.network.attributes import REQUIRED, UNSET, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, bad, conflict
from deploy.simulator.network.gateways import GATEWAY
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.routers import INTERFACE
from deploy.simulator.network.state import Row, stamp, touch

OWNER = "network:floatingip"


class FloatingIPs(Resource):
    """`/floatingips`."""

    name = "floatingip"
    plural = "floatingips"
    attributes: ClassVar[Attrs] = {
        "description": Attr(checks.text(), ""),
        "floating_network_id": Attr(checks.uuid, REQUIRED, put=False),
        "floating_ip_address": Attr(checks.nullable(checks.ip), None, put=False, admin=True),
        "subnet_id": Attr(checks.nullable(checks.uuid), UNSET, put=False),
        "port_id": Attr(checks.nullable(checks.uuid), UNSET),
        "fixed_ip_address": Attr(checks.nullable(checks.ip), UNSET),
        "router_id": Attr(checks.nullable(checks.uuid), UNSET, post=False, put=False),
        "qos_policy_id": Attr(checks.nullable(checks.uuid), None),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A floating IP with its own port, associated at once when a port is given."""
        network = self.service.networks.get(token, values["floating_network_id"])
        if not network["router:external"]:
            text = f"Network {network['id']} is not a valid external network"
            raise bad("floatingip", text)
        if not any(row["ip_version"] == 4 for row in self.state.subnets_of(network["id"])):
            text = f"Network {network['id']} does not contain any IPv4 subnet"
            raise bad("floatingip", text)
        wanted = {}
        if values.get("subnet_id"):
            wanted["subnet_id"] = values["subnet_id"]
        if values["floating_ip_address"]:
            wanted["ip_address"] = values["floating_ip_address"]
        row: Row = {
            **stamp(0),
            "project_id": values["project_id"],
            "description": values["description"],
            "qos_policy_id": values["qos_policy_id"],
            "dns_domain": "",
            "dns_name": "",
            "floating_network_id": network["id"],
            "port_id": None,
            "fixed_ip_address": None,
            "router_id": None,
            "status": "DOWN",
            "port_forwardings": [],
        }
        own = {"project_id": "", "name": "", "device_id": row["id"], "device_owner": OWNER}
        port = self.service.ports.build(network, own, [wanted] if wanted else None)
        port["status"] = "N/A"
        row["floating_ip_address"] = port["fixed_ips"][0]["ip_address"]
        try:
            self._associate(token, row, values)
        except NeutronError:
            self.service.ports.drop(port)
            raise
        self.rows[row["id"]] = row
        return row

    def change(self, token: Token, row: Row, values: Row) -> None:
        """Associate, disassociate or describe."""
        if values.get("fixed_ip_address") and not values.get("port_id"):
            text = "fixed_ip_address cannot be specified without a port_id"
            raise bad("floatingip", text)
        # An update that says nothing at all takes the port away.
        if "port_id" in values or not values:
            values.setdefault("port_id", None)
            self._associate(token, row, values)
        for key in ("description", "qos_policy_id"):
            if key in values:
                row[key] = values[key]

    def counts(self, before: Row, row: Row) -> bool:
        """Always: Neutron writes it anew."""
        return True

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, with the port that held the address."""
        del self.rows[row["id"]]
        for port in self.state.ports_on(row["id"], OWNER):
            self.service.ports.drop(port)

    def create(self, token: Token, request: Request) -> Response:
        """`POST /floatingips`."""
        return self._settled(super().create(token, request))

    def update(self, token: Token, request: Request) -> Response:
        """`PUT /floatingips/<id>`."""
        return self._settled(super().update(token, request))

    def decorate(self, row: Row) -> Row:
        """With what a client wants to know of the port behind it."""
        port = self.state.table("ports").get(row["port_id"] or "")
        details = None
        if port is not None:
            wanted = (
                "name",
                "network_id",
                "mac_address",
                "admin_state_up",
                "status",
                "device_id",
                "device_owner",
            )
            details = {key: port[key] for key in wanted}
        return {**row, "port_details": details}

    def forget_port(self, port_id: str) -> None:
        """Let go of a port that is being deleted."""
        for row in self.rows.values():
            if row["port_id"] == port_id:
                row.update(port_id=None, fixed_ip_address=None, router_id=None, status="DOWN")
                touch(row)

    def _settled(self, response: Response) -> Response:
        """The answer as it was made: as in OVN, the status follows only after it."""
        for row in self.rows.values():
            row["status"] = "ACTIVE" if row["port_id"] else "DOWN"
        return response

    def _associate(self, token: Token, row: Row, values: Row) -> None:
        port_id, address = values.get("port_id"), values.get("fixed_ip_address")
        if not port_id:
            if address:
                text = "fixed_ip_address cannot be specified without a port_id"
                raise bad("floatingip", text)
            row.update(port_id=None, fixed_ip_address=None, router_id=None)
            return
        port = self.service.ports.get(token, port_id)
        if port["project_id"] != row["project_id"] and not token.is_admin:
            text = (
                f"Cannot process floating IP association with Port {port_id}, since that port is "
                "owned by a different tenant"
            )
            raise bad("floatingip", text)
        subnet_id, address = self._inside(token, row, port, address)
        router_id = self._router_for(port, subnet_id, row["floating_network_id"])
        for other in self.rows.values():
            same = (other["port_id"], other["fixed_ip_address"], other["floating_network_id"]) == (
                port_id,
                address,
                row["floating_network_id"],
            )
            if same and other["id"] != row["id"]:
                text = (
                    f"Cannot associate floating IP {row['floating_ip_address']} ({row['id']}) "
                    f"with port {port_id} using fixed IP {address}, as that fixed IP already has "
                    f"a floating IP on external network {row['floating_network_id']}."
                )
                raise conflict("FloatingIPPortAlreadyAssociated", text)
        row.update(port_id=port_id, fixed_ip_address=address, router_id=router_id)

    def _inside(self, token: Token, row: Row, port: Row, address: str | None) -> tuple[str, str]:
        if port["project_id"] != row["project_id"] and not token.is_admin:
            text = f"Port {port['id']} is owned by a different tenant"
            raise bad("floatingip", f"Cannot process floating IP association: {text}")
        if port["device_owner"] == "network:dhcp":
            raise bad("floatingip", f"Port {port['id']} is unable to be assigned a floating IP")
        fixed = [item for item in port["fixed_ips"] if ":" not in item["ip_address"]]
        if address is not None:
            fixed = [item for item in fixed if item["ip_address"] == address]
            if not fixed:
                text = f"Port {port['id']} does not have fixed ip {address}"
                raise bad("floatingip", text)
        if len(fixed) != 1:
            count = "multiple" if fixed else "no"
            text = f"Port {port['id']} has {count} fixed IPv4 addresses"
            raise bad("floatingip", text)
        return fixed[0]["subnet_id"], fixed[0]["ip_address"]

    def _router_for(self, port: Row, subnet_id: str, network_id: str) -> str:
        gateway_ip = self.state.table("subnets")[subnet_id]["gateway_ip"]
        found: str | None = None
        for candidate in self.state.ports_of_network[port["network_id"]].values():
            if candidate["device_owner"] != INTERFACE:
                continue
            for item in candidate["fixed_ips"]:
                router_id = candidate["device_id"]
                if item["subnet_id"] == subnet_id and self._leads_to(router_id, network_id):
                    if item["ip_address"] == gateway_ip:
                        return str(router_id)
                    found = found or router_id
        if found is None:
            text = (
                f"External network {network_id} is not reachable from subnet {subnet_id}. "
                f"Therefore, cannot associate Port {port['id']} with a Floating IP."
            )
            raise NeutronError(404, "ExternalGatewayForFloatingIPNotFound", text)
        return found

    def _leads_to(self, router_id: str, network_id: str) -> bool:
        ports = self.state.ports_on(router_id, GATEWAY)
        return any(port["network_id"] == network_id for port in ports)
