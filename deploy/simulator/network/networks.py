"""Networks: provider attributes, segments, and what a network takes along when it goes."""

from __future__ import annotations

from typing import ClassVar

from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks, metadata
from deploy.simulator.network.attributes import UNSET, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, check_zones, conflict, invalid
from deploy.simulator.network.rbac_policies import SHARED
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import VLAN_RANGES, Row, stamp

_PROVIDER = ("provider:network_type", "provider:physical_network", "provider:segmentation_id")
SMALLEST_MTU = {4: 68, 6: 1280}
_MTU = {"geneve": 1442, "vlan": 1500, "flat": 1500}


class Networks(Resource):
    """`/networks`."""

    name = "network"
    plural = "networks"
    admin_only_fields = _PROVIDER
    attributes: ClassVar[Attrs] = {
        "name": Attr(checks.text(), ""),
        "description": Attr(checks.text(), ""),
        "admin_state_up": Attr(checks.boolean, True),
        "shared": Attr(checks.boolean, False, admin=True),
        "router:external": Attr(checks.boolean, False, admin=True),
        "is_default": Attr(checks.boolean, False, admin=True),
        "mtu": Attr(checks.integer(0, 65535), UNSET),
        "port_security_enabled": Attr(checks.boolean, True),
        "availability_zone_hints": Attr(checks.list_of(checks.text()), [], put=False),
        "qos_policy_id": Attr(checks.nullable(checks.uuid), None),
        "provider:network_type": Attr(checks.text(), None, put=False, admin=True),
        "provider:physical_network": Attr(checks.text(), None, put=False, admin=True),
        "provider:segmentation_id": Attr(checks.integer(), None, put=False, admin=True),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A network with its segment; the VLAN is free in this pod or the call fails."""
        check_zones(values["availability_zone_hints"])
        kind, physical, number = self._segment(*(values.pop(key) for key in _PROVIDER))
        mtu = self._mtu(kind, values.pop("mtu", None))
        row: Row = {
            **stamp(),
            **values,
            "status": "ACTIVE",
            "subnets": [],
            "mtu": mtu,
            "availability_zones": [],
            "ipv4_address_scope": None,
            "ipv6_address_scope": None,
            "l2_adjacency": True,
            **dict(zip(_PROVIDER, (kind, physical, number), strict=True)),
        }
        self.state.segments.add((physical, number))
        self.rows[row["id"]] = row
        self.state.ports_of_network[row["id"]] = {}
        self.service.rbac_policies.follow(row, {k: v for k, v in row.items() if v is True})
        self.service.security_groups.ensure_default(row["project_id"])
        metadata.add_port(self.service, row)
        return row

    def change(self, token: Token, row: Row, values: Row) -> None:
        """An update; an external network in use stays external."""
        if "mtu" in values:
            values["mtu"] = self._mtu(row["provider:network_type"], values["mtu"])
            self.check_mtu(row, values["mtu"], least=True)
        if values.get("router:external") is False and row["router:external"]:
            for port in self.state.ports_of_network[row["id"]].values():
                if port["device_owner"] in ("network:router_gateway", "network:floatingip"):
                    text = f"External network {row['id']} cannot be updated to be made "
                    raise conflict("ExternalNetworkInUse", f"{text}non-external, in use.")
        row.update(values)
        self.service.rbac_policies.follow(row, values)

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, with the subnets; refused while anybody's port is there."""
        own = metadata.ports_of(self.service, row["id"])
        ports = self.state.ports_of_network[row["id"]]
        if len(ports) > len(own):
            text = (
                f"Unable to complete operation on network {row['id']}. There are one or more "
                f"ports still in use on the network, id for these ports is: {','.join(ports)}."
            )
            raise conflict("NetworkInUse", text)
        for port in own:
            self.service.ports.drop(port)
        for subnet_id in row["subnets"]:
            self.state.hints.pop(subnet_id, None)
            del self.state.table("subnets")[subnet_id]
        self.service.rbac_policies.forget(row["id"])
        segment = (row["provider:physical_network"], row["provider:segmentation_id"])
        self.state.segments.discard(segment)
        del self.state.ports_of_network[row["id"]]
        del self.rows[row["id"]]

    def visible(self, token: Token, row: Row) -> bool:
        """What is shared or external, policies show to everybody or to single projects."""
        return (
            super().visible(token, row)
            or row["shared"]
            or self.service.rbac_policies.admits(row, token)
        )

    def created(self, row: Row) -> Row:
        """A new network says whether it is the default one, even when it is not external."""
        return row

    def decorate(self, row: Row) -> Row:
        """Only an external network says whether it is the default one."""
        if row["router:external"]:
            return row
        return {key: value for key, value in row.items() if key != "is_default"}

    def owned(self, token: Token, network: Row) -> bool:
        """Whether the caller may do on the network what only its owner may."""
        return token.is_admin or network["project_id"] == token.project.id

    def usable(self, token: Token, network_id: str) -> Row:
        """The network, if the caller may put a port there."""
        network = self.get(token, network_id)
        given = network["shared"] or self.service.rbac_policies.admits(network, token, SHARED)
        if not (self.owned(token, network) or given):
            text = f"Tenant {token.project.id} not allowed to create port on this network"
            raise NeutronError(403, "HTTPForbidden", text)
        return network

    def check_mtu(self, network: Row, mtu: int, *more: int, least: bool = False) -> None:
        """Refuse packets too small for the network's subnets, or for more of these versions."""
        subnets = self.state.subnets_of(network["id"])
        for version in sorted({*more, *(row["ip_version"] for row in subnets)}):
            smallest = SMALLEST_MTU[version]
            if mtu < smallest:
                text = (
                    f"MTU of {network['id']} is not valid, subnet requires a minimum of "
                    f"{smallest if least else mtu}"
                )
                raise conflict("NetworkMTUSubnetConflict", text)

    def _mtu(self, kind: str, wanted: int | None) -> int:
        limit = _MTU[kind]
        if wanted is None:
            return limit
        if wanted > limit:
            raise invalid(f"Requested MTU is too big, maximum is {limit}")
        return wanted

    def _segment(
        self, kind: str | None, physical: str | None, number: int | None
    ) -> tuple[str, str | None, int | None]:
        if kind is None:
            if physical is not None or number is not None:
                raise invalid("network_type required")
            kind = "geneve"
        if kind == "geneve":
            if physical is not None:
                raise invalid("provider:physical_network specified for geneve network")
            if (None, number) in self.state.segments:
                text = f"Unable to create the network. The tunnel ID {number} is in use."
                raise conflict("TunnelIdInUse", text)
            return "geneve", None, number or self._next_geneve()
        if kind not in _MTU:
            raise invalid(f"network_type value '{kind}' not supported")
        if physical is None:
            raise invalid(f"physical_network required for {kind} provider network")
        if physical not in VLAN_RANGES:
            named = kind.upper() if kind == "vlan" else kind
            raise invalid(f"physical_network '{physical}' unknown for {named} provider network")
        if kind == "flat":
            self._refuse_flat(physical, number)
            return kind, physical, None
        if number is None:
            low, high = VLAN_RANGES[physical]
            free = (n for n in range(low, high + 1) if (physical, n) not in self.state.segments)
            number = next(free, None)
            if number is None:
                text = "Unable to create the network. No tenant network is available."
                raise NeutronError(503, "NoNetworkAvailable", text)
        elif not 1 <= number <= 4094:
            raise invalid("segmentation_id out of range (1 through 4094)")
        elif (physical, number) in self.state.segments:
            text = (
                f"Unable to create the network. The VLAN {number} on physical network "
                f"{physical} is in use."
            )
            raise conflict("VlanIdInUse", text)
        return kind, physical, number

    def _refuse_flat(self, physical: str, number: int | None) -> None:
        if number:
            raise invalid("segmentation_id prohibited for flat provider network")
        if (physical, None) in self.state.segments:
            text = f"Unable to create the flat network. Physical network {physical} is in use."
            raise conflict("FlatNetworkInUse", text)

    def _next_geneve(self) -> int:
        self.state.next_geneve += 1
        while (None, self.state.next_geneve) in self.state.segments:
            self.state.next_geneve += 1
        return self.state.next_geneve
