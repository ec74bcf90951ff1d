"""Ports: addresses, bindings and the ports the region makes for itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from deploy.simulator.http import Json
from deploy.simulator.identity.state import Token
from deploy.simulator.network import addresses, checks, query
from deploy.simulator.network.attributes import REQUIRED, UNSET, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, conflict, forbidden
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, stamp, touch

ROUTER_OWNERS = ("network:router_interface", "network:router_gateway", "network:floatingip")
_BOUND = {
    "connectivity": "l2",
    "port_filter": True,
    "bound_drivers": {"0": "ovn"},
}


class Ports(Resource):
    """`/ports`."""

    name = "port"
    plural = "ports"
    admin_only_fields = (
        "binding:host_id",
        "binding:profile",
        "binding:vif_type",
        "binding:vif_details",
        "resource_request",
    )
    attributes: ClassVar[Attrs] = {
        "name": Attr(checks.text(), ""),
        "description": Attr(checks.text(), ""),
        "network_id": Attr(checks.uuid, REQUIRED, put=False),
        "admin_state_up": Attr(checks.boolean, True),
        "mac_address": Attr(checks.nullable(checks.mac), UNSET),
        "fixed_ips": Attr(checks.fixed_ips, UNSET),
        "device_id": Attr(checks.text(), ""),
        "device_owner": Attr(checks.text(), ""),
        "security_groups": Attr(checks.or_null(checks.list_of(checks.uuid)), UNSET),
        "port_security_enabled": Attr(checks.boolean, UNSET),
        "allowed_address_pairs": Attr(
            checks.at_most(
                10,
                checks.or_null(checks.list_of(checks.pair)),
                "AllowedAddressPairExhausted",
                "The number of allowed address pair exceeds the maximum 10.",
            ),
            [],
        ),
        "extra_dhcp_opts": Attr(checks.or_null(checks.list_of(checks.dhcp_option)), []),
        "binding:host_id": Attr(checks.host, "", admin=True),
        "binding:profile": Attr(checks.optional_table, {}, service=True),
        "binding:vnic_type": Attr(checks.text(), "normal"),
        "qos_policy_id": Attr(checks.nullable(checks.uuid), None),
        "hints": Attr(checks.nullable(checks.table), UNSET, admin=True),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A port with its addresses; refused when one of them is taken."""
        network = self.service.networks.usable(token, values["network_id"])
        if not self.service.networks.owned(token, network):
            self._only_simple(values, network)
        wanted = values.pop("fixed_ips", None)
        return self.build(network, values, wanted)

    def build(self, network: Row, values: Row, wanted: list[Json] | None) -> Row:
        """A port on behalf of anybody, the region's own routers included."""
        state = self.state
        owner = values.get("device_owner", "")
        trusted = owner.startswith("network:")
        secure = values.pop("port_security_enabled", network["port_security_enabled"])
        groups = values.pop("security_groups", None)
        project_id = values["project_id"]
        if trusted:
            secure, groups = False, []
        elif groups is None:
            default = self.service.security_groups.ensure_default(project_id)
            groups = [default["id"]] if secure else []
        if groups and not secure:
            raise _without_security()
        self.service.security_groups.check(groups, project_id)
        mac = values.pop("mac_address", None) or addresses.new_mac(state, network["id"])
        row: Row = {
            **{
                name: attr.default_value()
                for name, attr in self.attributes.items()
                if attr.default not in (UNSET, REQUIRED)
            },
            **stamp(),
            **values,
            "network_id": network["id"],
            "status": "DOWN",
            "port_security_enabled": secure,
            "security_groups": groups,
            "mac_address": mac,
            "binding:vif_type": "unbound",
            "binding:vif_details": {},
            "qos_network_policy_id": None,
            "resource_request": None,
            "ip_allocation": "immediate",
        }
        row["extra_dhcp_opts"] = _merged([], row["extra_dhcp_opts"])
        row["allowed_address_pairs"] = _complete(row["allowed_address_pairs"], mac)
        fixed = addresses.resolve(state, network["id"], wanted, mac)
        addresses.take_mac(state, row, mac)
        try:
            addresses.take(state, row, fixed)
        except Exception:
            del state.macs[network["id"], mac]
            raise
        row["fixed_ips"] = fixed
        self.rows[row["id"]] = row
        state.ports_of_network[network["id"]][row["id"]] = row
        self._index_device(row, None)
        if row["binding:host_id"]:
            self._bind(row)
        return row

    def change(self, token: Token, row: Row, values: Row) -> None:
        """An update; addresses change all together or not at all."""
        network = self.state.table("networks")[row["network_id"]]
        if "mac_address" in values and values["mac_address"] is None:
            values["mac_address"] = addresses.new_mac(self.state, row["network_id"])
        new_mac = values.get("mac_address", row["mac_address"]) != row["mac_address"]
        if new_mac and not token.is_admin:
            raise forbidden("update_port:mac_address")
        if new_mac:
            self._refuse_plugged(row, values)
        if not self.service.networks.owned(token, network):
            self._only_simple(values, network)
        owner = values.get("device_owner", row["device_owner"])
        if owner != row["device_owner"] and owner in ROUTER_OWNERS:
            text = f"Unable to update OVN port {row['id']}: not convertible to a router's port."
            raise NeutronError(400, "OVNPortUpdateError", text)
        secure = values.get("port_security_enabled", row["port_security_enabled"])
        if values.get("security_groups") and not secure:
            raise _without_security()
        if values.get("security_groups"):
            self.service.security_groups.check(values["security_groups"], row["project_id"])
        if new_mac:
            addresses.take_mac(self.state, row, values["mac_address"])
            del self.state.macs[row["network_id"], row["mac_address"]]
        if "fixed_ips" in values:
            self.readdress(row, values)
        if "extra_dhcp_opts" in values:
            values["extra_dhcp_opts"] = _merged(row["extra_dhcp_opts"], values["extra_dhcp_opts"])
        if "allowed_address_pairs" in values:
            pairs = values["allowed_address_pairs"]
            values["allowed_address_pairs"] = _complete(pairs, row["mac_address"])
        device = row["device_id"]
        pairs = values.get("allowed_address_pairs")
        if pairs and pairs == row["allowed_address_pairs"]:
            # Neutron writes them anew.
            touch(row)
        row.update(values)
        if row["device_id"] != device:
            self._index_device(row, device)
        if "binding:host_id" in values:
            self._bind(row)

    def decorate(self, row: Row) -> Row:
        """With its addresses in the order of their text."""
        return {**row, "fixed_ips": by_address(row["fixed_ips"])}

    def remove(self, token: Token, row: Row) -> None:
        """Deletion by a user: never of a port that belongs to a router."""
        if row["device_owner"] in ROUTER_OWNERS and row["device_id"]:
            routers, fips = self.state.table("routers"), self.state.table("floatingips")
            if row["device_id"] in routers or row["device_id"] in fips:
                text = (
                    f"Port {row['id']} cannot be deleted directly via the port API: "
                    f"has device owner {row['device_owner']}."
                )
                raise conflict("ServicePortInUse", text)
        self.drop(row)

    def drop(self, row: Row) -> None:
        """Deletion without questions; a floating IP on the port is let go."""
        self.service.floatingips.forget_port(row["id"])
        addresses.release(self.state, row["fixed_ips"])
        self.state.macs.pop((row["network_id"], row["mac_address"]), None)
        self.state.ports_of_network[row["network_id"]].pop(row["id"], None)
        self.state.ports_of_device.get(row["device_id"], {}).pop(row["id"], None)
        self.rows.pop(row["id"], None)

    def assign(self, row: Row, **values: Any) -> None:
        """Change a port on behalf of a router or a server."""
        device = row["device_id"]
        row.update(values)
        if row["device_id"] != device:
            self._index_device(row, device)
        if "binding:host_id" in values:
            self._bind(row)
        touch(row)

    def candidates(self, wanted: query.Filters) -> Iterable[Row]:
        """By device or by network, which is how ports are usually asked for."""
        for key, index in (
            ("device_id", self.state.ports_of_device),
            ("network_id", self.state.ports_of_network),
        ):
            values = wanted.get(key)
            if values and all(values):
                return [row for value in values for row in index.get(value, {}).values()]
        return super().candidates(wanted)

    def visible(self, token: Token, row: Row) -> bool:
        """A network's owner sees everybody's ports on it."""
        network = self.state.table("networks")[row["network_id"]]
        return super().visible(token, row) or network["project_id"] == token.project.id

    def _only_simple(self, values: Row, network: Row) -> None:
        if str(values.get("device_owner", "")).startswith("network:"):
            raise forbidden("create_port:device_owner")
        if "mac_address" in values:
            raise forbidden("create_port:mac_address")
        fixed = values.get("fixed_ips") or []
        if any("ip_address" in row for row in fixed) or (fixed and not network["shared"]):
            raise forbidden("create_port:fixed_ips")
        if values.get("port_security_enabled") is False:
            raise forbidden("create_port:port_security_enabled")

    def _refuse_plugged(self, row: Row, values: Row) -> None:
        if row["binding:vif_type"] not in ("unbound", "binding_failed"):
            text = (
                f"Unable to complete operation on port {row['id']}, port is already bound, port "
                f"type: {row['binding:vif_type']}, old_mac {row['mac_address']}, new_mac "
                f"{values['mac_address']}."
            )
            raise conflict("PortBound", text)
        owner = values.get("device_owner") or row["device_owner"]
        if owner.startswith("network:"):
            text = (
                f"Operation mac address update is not supported for device_owner {owner} on port "
                f"{row['id']}."
            )
            raise conflict("UnsupportedPortDeviceOwner", text)

    def readdress(self, row: Row, values: Row) -> None:
        """Take the addresses that the values wish for; one of a subnet that is there stays."""
        wanted, left = [], [item for item in row["fixed_ips"] if item not in values["fixed_ips"]]
        for item in values["fixed_ips"]:
            kept = next(
                (
                    old
                    for old in left
                    if "ip_address" not in item and old["subnet_id"] == item["subnet_id"]
                ),
                item,
            )
            if kept is not item:
                left.remove(kept)
            wanted.append(kept)
        fixed = addresses.resolve(self.state, row["network_id"], wanted, row["mac_address"])
        addresses.take(self.state, row, fixed)
        addresses.release(self.state, [old for old in row["fixed_ips"] if old not in fixed])
        values["fixed_ips"] = fixed

    def _index_device(self, row: Row, before: str | None) -> None:
        devices = self.state.ports_of_device
        if before:
            devices.get(before, {}).pop(row["id"], None)
        if row["device_id"]:
            devices.setdefault(row["device_id"], {})[row["id"]] = row

    def _bind(self, row: Row) -> None:
        bound = bool(row["binding:host_id"])
        row["binding:vif_type"] = "ovs" if bound else "unbound"
        row["binding:vif_details"] = dict(_BOUND) if bound else {}
        row["status"] = "ACTIVE" if bound else "DOWN"


def _without_security() -> NeutronError:
    text = (
        "Port security must be enabled and port must have an IP address in order to use "
        "security groups."
    )
    return NeutronError(400, "PortSecurityAndIPRequiredForSecurityGroups", text)


def by_address(fixed_ips: list[Json]) -> list[Json]:
    """Addresses as Neutron shows them: in the order of their text."""
    return sorted(fixed_ips, key=lambda item: (item["ip_address"], item["subnet_id"]))


def _merged(kept: list[Json], given: list[Json]) -> list[Json]:
    """DHCP options after a request: by name and version, and without those that have no value."""
    found = {(opt["opt_name"], opt["ip_version"]): opt for opt in [*kept, *given]}
    return [opt for opt in found.values() if opt["opt_value"] is not None]


def _complete(pairs: list[Json], mac: str) -> list[Json]:
    return [{"mac_address": mac, **pair} for pair in pairs]
