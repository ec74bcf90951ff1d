"""Subnets: prefixes, pools and gateways."""

from __future__ import annotations

import ipaddress
from itertools import pairwise
from typing import ClassVar

from deploy.simulator.http import Json
from deploy.simulator.identity.state import Token
from deploy.simulator.network import addresses, checks, metadata
from deploy.simulator.network.attributes import REQUIRED, UNSET, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, conflict, forbidden, invalid
from deploy.simulator.network.ports import ROUTER_OWNERS
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, stamp, touch

_APART = {"dns_nameservers", "host_routes", "allocation_pools"}


class Subnets(Resource):
    """`/subnets`."""

    name = "subnet"
    plural = "subnets"
    admin_only_fields = ("segment_id",)
    attributes: ClassVar[Attrs] = {
        "name": Attr(checks.text(), ""),
        "description": Attr(checks.text(), ""),
        "network_id": Attr(checks.uuid, REQUIRED, put=False),
        "ip_version": Attr(checks.integer(), REQUIRED, put=False),
        "cidr": Attr(checks.nullable(checks.cidr), None, put=False),
        "prefixlen": Attr(checks.integer(), UNSET, put=False),
        "subnetpool_id": Attr(checks.nullable(checks.uuid), None, put=False),
        "gateway_ip": Attr(checks.nullable(checks.ip), UNSET),
        "allocation_pools": Attr(checks.or_empty(checks.pools), UNSET),
        "dns_nameservers": Attr(
            checks.at_most(
                5,
                checks.or_empty(checks.list_of(checks.given(checks.ip))),
                "DNSNameServersExhausted",
                "The number of DNS nameservers exceeds the limit 5.",
            ),
            [],
        ),
        "host_routes": Attr(
            checks.at_most(
                20,
                checks.or_null(checks.routes),
                "HostRoutesExhausted",
                "The number of host routes exceeds the limit 20.",
            ),
            [],
        ),
        "enable_dhcp": Attr(checks.boolean, True),
        "ipv6_ra_mode": Attr(checks.mode, None, put=False),
        "ipv6_address_mode": Attr(checks.mode, None, put=False),
        "service_types": Attr(checks.or_empty(checks.list_of(checks.text())), []),
        "segment_id": Attr(checks.nullable(checks.uuid), None, admin=True),
        "router:external": Attr(checks.boolean, UNSET, post=False, put=False),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A subnet that overlaps none of the same network."""
        length = values.pop("prefixlen", None)
        network = self.service.networks.get(token, values["network_id"])
        if not self.service.networks.owned(token, network):
            raise forbidden("create_subnet")
        if values["cidr"] is None and values["subnetpool_id"]:
            pools = self.service.subnetpools
            values["cidr"] = pools.cut(token, values["subnetpool_id"], length)
        cidr = self._cidr(values)
        for other in self.state.subnets_of(network["id"]):
            if addresses.overlap(cidr, other["cidr"]):
                raise invalid(
                    f"Requested subnet with cidr: {cidr} for network: {network['id']} "
                    "overlaps with another subnet"
                )
        self.service.networks.check_mtu(network, network["mtu"], values["ip_version"])
        _check_service_types(values["service_types"])
        given = "gateway_ip" in values
        gateway = values.pop("gateway_ip") if given else _default_gateway(cidr)
        wanted = values.pop("allocation_pools", None)
        row: Row = {
            **stamp(0),
            **values,
            "cidr": cidr,
            "gateway_ip": gateway,
            # An empty list means the whole subnet, as in Neutron.
            "allocation_pools": self._pools(cidr, gateway, wanted or None),
        }
        if not given and _is_edge(cidr, gateway):
            text = f"Gateway IP {gateway} cannot be the network or broadcast IP address {cidr}"
            raise conflict("IpamValueInvalid", text)
        self.rows[row["id"]] = row
        network["subnets"].append(row["id"])
        touch(network)
        metadata.add_address(self.service, row)
        return row

    def change(self, token: Token, row: Row, values: Row) -> None:
        """An update; pools may change under the ports that are there."""
        gateway = values.get("gateway_ip", row["gateway_ip"])
        if gateway != row["gateway_ip"]:
            owner = self.state.addresses.get((row["id"], row["gateway_ip"]))
            if owner is not None:
                text = f"Current gateway ip {row['gateway_ip']} already in use by port {owner}."
                raise conflict("GatewayIpInUse", text)
        _check_service_types(values.get("service_types", []))
        if "allocation_pools" in values:
            pools = self._pools(row["cidr"], gateway, values["allocation_pools"])
            values["allocation_pools"] = pools
        row.update(values)
        metadata.add_address(self.service, row)

    def counts(self, before: Row, row: Row) -> bool:
        """Not what Neutron has in tables of their own; a network has its subnets' revisions."""
        changed = {key for key in row if row[key] != before[key]} - _APART
        if changed - {"description"}:
            touch(self.state.table("networks")[row["network_id"]])
        return bool(changed)

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, refused while a port has an address of it."""
        here = self.state.ports_of_network[row["network_id"]].values()
        users = [port for port in here if _has_address(port, row)]
        if addresses.is_automatic(row):
            keeping = [port for port in users if port["device_owner"] in ROUTER_OWNERS]
        else:
            keeping = [port for port in users if port["device_owner"] != metadata.OWNER]
        if keeping:
            text = (
                f"Unable to complete operation on subnet {row['id']}: One or more ports have an "
                "IP allocation from this subnet."
            )
            raise conflict("SubnetInUse", text)
        for port in users:
            mine = [item for item in port["fixed_ips"] if item["subnet_id"] == row["id"]]
            addresses.release(self.state, mine)
            port["fixed_ips"] = [item for item in port["fixed_ips"] if item not in mine]
        network = self.state.table("networks")[row["network_id"]]
        network["subnets"].remove(row["id"])
        touch(network)
        self.state.hints.pop(row["id"], None)
        del self.rows[row["id"]]

    def visible(self, token: Token, row: Row) -> bool:
        """Whoever sees a network sees its subnets."""
        network = self.state.table("networks")[row["network_id"]]
        return super().visible(token, row) or self.service.networks.visible(token, network)

    def decorate(self, row: Row) -> Row:
        """A subnet says whether its network is external."""
        network = self.state.table("networks")[row["network_id"]]
        return {**row, "router:external": network["router:external"]}

    def _cidr(self, values: Row) -> str:
        cidr = values.pop("cidr")
        if cidr is None:
            text = "a subnetpool must be specified in the absence of a cidr"
            raise NeutronError(400, "BadRequest", f"Bad subnets request: {text}.")
        network = addresses.prefix(cidr)
        if network.version != values["ip_version"]:
            raise invalid(f"cidr '{cidr}' does not match the ip_version '{values['ip_version']}'")
        if network.version == 6 and int(network.network_address) == 0:
            raise invalid("IPv6 subnet '::' is not supported")
        if values["enable_dhcp"]:
            if network.prefixlen > (30 if network.version == 4 else 126):
                text = "Subnet has a prefix length that is incompatible with DHCP service enabled"
                raise invalid(text)
            if network.is_multicast:
                raise invalid("Multicast IP subnet is not supported if enable_dhcp is True")
            if network.is_loopback:
                raise invalid("Loopback IP subnet is not supported if enable_dhcp is True")
            if int(network.network_address) == 0:
                text = "First IP '0.0.0.0' of network is not supported if enable_dhcp is True."
                raise invalid(text)
        if network.prefixlen == 0:
            raise invalid("0 is not allowed as CIDR prefix length")
        gateway = values.get("gateway_ip")
        if gateway is not None:
            if ipaddress.ip_address(gateway).version != network.version:
                version = values["ip_version"]
                raise invalid(f"gateway_ip '{gateway}' does not match the ip_version '{version}'")
            if _is_edge(cidr, gateway):
                raise invalid("Gateway is not valid on subnet")
        _check_modes(values, network.prefixlen)
        return str(cidr)

    def _pools(self, cidr: str, gateway: str | None, wanted: list[Json] | None) -> list[Json]:
        if wanted is None:
            return addresses.default_pools(cidr, gateway)
        spans = []
        network = addresses.prefix(cidr)
        edges = {network.network_address}
        if network.version == 4:
            edges = {*edges, network.broadcast_address} if network.prefixlen <= 30 else set()
        for pool in wanted:
            start, end = (ipaddress.ip_address(pool[key]) for key in ("start", "end"))
            alien = {start.version, end.version} != {network.version}
            if alien or int(end) < int(start):
                text = f"The allocation pool {pool['start']}-{pool['end']} is not valid."
                raise NeutronError(400, "InvalidAllocationPool", text)
            if {start, end} & edges or start not in network or end not in network:
                text = f"The allocation pool {pool['start']}-{pool['end']} spans beyond {cidr}."
                raise NeutronError(400, "OutOfBoundsAllocationPool", text)
            if gateway is not None and int(start) <= int(ipaddress.ip_address(gateway)) <= int(
                end
            ):
                text = (
                    f"Gateway ip {gateway} conflicts with allocation pool "
                    f"{pool['start']}-{pool['end']}."
                )
                raise conflict("GatewayConflictWithAllocationPools", text)
            spans.append((int(start), int(end)))
        spans.sort()
        for (_, end_before), (start_after, _) in pairwise(spans):
            if start_after <= end_before:
                text = f"Found overlapping allocation pools for subnet {cidr}."
                raise conflict("OverlappingAllocationPools", text)
        return wanted


def _has_address(port: Row, subnet: Row) -> bool:
    return any(item["subnet_id"] == subnet["id"] for item in port["fixed_ips"])


def _check_service_types(given: list[str]) -> None:
    for word in given:
        # Neutron means the prefix "compute:", and takes each of its letters for one.
        if not word.startswith(("network:", "neutron:", *"compute:")):
            text = f"Subnet service type {word} does not correspond to a valid device owner."
            raise NeutronError(400, "InvalidSubnetServiceType", text)


def _default_gateway(cidr: str) -> str:
    first = addresses.prefix(cidr).network_address
    if str(first) == "255.255.255.255":
        raise invalid("Gateway is not valid on subnet")
    return str(first + (1 if first.version == 4 else 0))


def _is_edge(cidr: str, gateway: str | None) -> bool:
    """Whether a gateway has the first or the last address of an IPv4 subnet."""
    network = addresses.prefix(cidr)
    return network.version == 4 and gateway in (
        str(network.network_address),
        str(network.broadcast_address),
    )


def _check_modes(values: Row, length: int) -> None:
    ra, address = values["ipv6_ra_mode"], values["ipv6_address_mode"]
    for name, mode in (("ipv6_ra_mode", ra), ("ipv6_address_mode", address)):
        if mode and values["ip_version"] == 4:
            raise invalid(f"{name} is not valid when ip_version is 4")
    if (ra or address) and not values["enable_dhcp"]:
        text = "cannot be set when enable_dhcp is set to False"
        raise invalid(f"ipv6_ra_mode or ipv6_address_mode {text}")
    if ra and address and ra != address:
        text = f"ipv6_ra_mode set to '{ra}' with ipv6_address_mode set to '{address}' is not valid"
        raise invalid(text)
    if addresses.is_automatic(values) and length != 64:
        raise invalid("the EUI-64 address format requires the prefix to be /64")
