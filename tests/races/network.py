"""Scenes of the network API."""

from __future__ import annotations

from tests.races.scene import Change, Scene
from tests.support.client import Answer, User
from tests.support.topology import Net

_CHOSEN = tuple(f"10.0.{net}.{last}" for net in (1, 2) for last in (0, 1, 9))


class Network(Scene):
    """One network, without ports."""

    name = "network"

    def begin(self) -> None:
        made = self.site.user.network.make("/networks", name="net")
        self._id = made["id"]

    def changes(self) -> dict[str, Change]:
        path = f"/networks/{self._id}"
        return {
            "rename": lambda user: user.network("PUT", path, {"network": {"name": "other"}}),
            "tag": lambda user: user.network("PUT", f"{path}/tags/a"),
            "tags": lambda user: user.network("PUT", f"{path}/tags", {"tags": ["b"]}),
            "subnet": lambda user: self._subnet(user, "10.0.1.0/24"),
            "overlapping subnet": lambda user: self._subnet(user, "10.0.1.0/25"),
            "port": lambda user: _make(user, "/ports", "port", network_id=self._id),
            "delete": lambda user: user.network("DELETE", path),
        }

    def chosen(self) -> tuple[str, ...]:
        return _CHOSEN

    def _subnet(self, user: User, cidr: str) -> Answer:
        more = {"network_id": self._id, "ip_version": 4, "cidr": cidr}
        return _make(user, "/subnets", "subnet", **more)


class Subnet(Scene):
    """A subnet with room for few, and a port on its network."""

    name = "subnet"

    def begin(self) -> None:
        self._net = self.site.net(None, "10.0.1.8/29")
        fixed = [{"subnet_id": self._net.subnet_id, "ip_address": "10.0.1.12"}]
        made = self.site.user.network.make("/ports", network_id=self._net.id, fixed_ips=fixed)
        self._port = f"/ports/{made['id']}"

    def changes(self) -> dict[str, Change]:
        path = f"/subnets/{self._net.subnet_id}"
        pools = [{"start": "10.0.1.10", "end": "10.0.1.11"}]
        return {
            "rename": lambda user: user.network("PUT", path, {"subnet": {"name": "other"}}),
            "pools": lambda user: user.network(
                "PUT", path, {"subnet": {"allocation_pools": pools}}
            ),
            "take an address": lambda user: self._take(user, "10.0.1.11"),
            "move to the address": lambda user: self._move(user, "10.0.1.11"),
            "delete the port": lambda user: user.network("DELETE", self._port),
            "delete": lambda user: user.network("DELETE", path),
        }

    def chosen(self) -> tuple[str, ...]:
        return tuple(f"10.0.1.{last}" for last in range(8, 16))

    def _take(self, user: User, address: str) -> Answer:
        return _make(user, "/ports", "port", network_id=self._net.id, **self._at(address))

    def _move(self, user: User, address: str) -> Answer:
        return user.network("PUT", self._port, {"port": self._at(address)})

    def _at(self, address: str) -> dict[str, object]:
        return {"fixed_ips": [{"subnet_id": self._net.subnet_id, "ip_address": address}]}


class Port(Scene):
    """A port, and two security groups, one of them its own."""

    name = "port and group"

    def begin(self) -> None:
        user = self.site.user.network
        self._net = self.site.net(None, "10.0.1.0/24")
        self._groups = [user.make("/security-groups", name=f"g{n}")["id"] for n in range(2)]
        more = {"security_groups": self._groups[:1], "network_id": self._net.id}
        self._port = f"/ports/{user.make('/ports', **more)['id']}"
        rule = {"security_group_id": self._groups[1], "direction": "ingress", "protocol": "udp"}
        self._rule = f"/security-group-rules/{user.make('/security-group-rules', **rule)['id']}"

    def changes(self) -> dict[str, Change]:
        other = f"/security-groups/{self._groups[1]}"
        return {
            "give the group": lambda user: self._give(user, self._groups),
            "take all groups": lambda user: self._give(user, []),
            "new port of the group": self._new_port,
            "admit the group": self._admit,
            "rule": lambda user: self._rule_of(user, protocol="tcp"),
            "delete a rule": lambda user: user.network("DELETE", self._rule),
            "delete the group": lambda user: user.network("DELETE", other),
            "delete the port": lambda user: user.network("DELETE", self._port),
        }

    def _give(self, user: User, groups: list[str]) -> Answer:
        return user.network("PUT", self._port, {"port": {"security_groups": groups}})

    def _new_port(self, user: User) -> Answer:
        more = {"network_id": self._net.id, "security_groups": self._groups[1:]}
        return _make(user, "/ports", "port", **more)

    def _admit(self, user: User) -> Answer:
        wanted = {"security_group_id": self._groups[0], "direction": "ingress"}
        wanted["remote_group_id"] = self._groups[1]
        return _make(user, "/security-group-rules", "security_group_rule", **wanted)

    def _rule_of(self, user: User, **more: str) -> Answer:
        wanted = {"security_group_id": self._groups[1], "direction": "ingress", **more}
        return _make(user, "/security-group-rules", "security_group_rule", **wanted)


class Router(Scene):
    """A router with an interface, three more subnets, two of which overlap, and a way out."""

    name = "router"

    def begin(self) -> None:
        self._outside = self.site.external("Pod1")
        self._router = self.site.router()
        self._nets = [
            self.site.net("Pod1", cidr) for cidr in ("10.0.1.0/24", "10.0.2.0/24", "10.0.2.0/24")
        ]
        self.site.attach(self._router, self._nets[0])

    def changes(self) -> dict[str, Change]:
        path = f"/routers/{self._router}"
        way = {"routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.1.9"}]}
        return {
            "add an interface": lambda user: self._interface(user, "add", self._nets[1]),
            "add one that overlaps": lambda user: self._interface(user, "add", self._nets[2]),
            "remove its interface": lambda user: self._interface(user, "remove", self._nets[0]),
            "set the gateway": self._gateway,
            "add a route": lambda user: user.network(
                "PUT", f"{path}/add_extraroutes", {"router": way}
            ),
            "delete a network": lambda user: user.network(
                "DELETE", f"/networks/{self._nets[1].id}"
            ),
            "delete": lambda user: user.network("DELETE", path),
        }

    def chosen(self) -> tuple[str, ...]:
        return _CHOSEN

    def _interface(self, user: User, verb: str, net: Net) -> Answer:
        path = f"/routers/{self._router}/{verb}_router_interface"
        return user.network("PUT", path, {"subnet_id": net.subnet_id})

    def _gateway(self, user: User) -> Answer:
        info = {"external_gateway_info": {"network_id": self._outside.id}}
        return user.network("PUT", f"/routers/{self._router}", {"router": info})


class FloatingIP(Scene):
    """A port behind a router with a way out, and two floating IPs, one of them the port's."""

    name = "floating IP"

    def begin(self) -> None:
        user, self._net = self.site.user.network, self.site.net("Pod1", "10.0.1.0/24")
        self._outside = self.site.external("Pod1")
        self._router = self.site.router()
        self.site.gateway(self._router, self._outside)
        self.site.attach(self._router, self._net)
        self._ports = [user.make("/ports", network_id=self._net.id)["id"] for _ in range(2)]
        self._ips = [
            self.site.floating(self._outside, port)["id"] for port in (self._ports[0], None)
        ]

    def changes(self) -> dict[str, Change]:
        net = {"subnet_id": self._net.subnet_id}
        gone: dict[str, object] = {"router": {"external_gateway_info": None}}
        return {
            "the other to the port": lambda user: self._point(user, 1, self._ports[0]),
            "the other to another": lambda user: self._point(user, 1, self._ports[1]),
            "this to another": lambda user: self._point(user, 0, self._ports[1]),
            "this to none": lambda user: self._point(user, 0, None),
            "delete this": lambda user: user.network("DELETE", f"/floatingips/{self._ips[0]}"),
            "delete another port": lambda user: user.network("DELETE", f"/ports/{self._ports[1]}"),
            "clear the gateway": lambda user: user.network(
                "PUT", f"/routers/{self._router}", gone
            ),
            "remove the interface": lambda user: user.network(
                "PUT", f"/routers/{self._router}/remove_router_interface", net
            ),
        }

    def chosen(self) -> tuple[str, ...]:
        return _CHOSEN

    def _point(self, user: User, which: int, port: str | None) -> Answer:
        body = {"floatingip": {"port_id": port}}
        return user.network("PUT", f"/floatingips/{self._ips[which]}", body)


class Pool(Scene):
    """A subnet pool from which one subnet of its size can be had."""

    name = "subnet pool"

    def begin(self) -> None:
        user = self.site.user.network
        more = {"prefixes": ["10.0.1.0/24"], "default_prefixlen": 24}
        self._pool = user.make("/subnetpools", name="pool", **more)["id"]
        self._nets = [user.make("/networks", name=f"n{n}")["id"] for n in range(2)]

    def changes(self) -> dict[str, Change]:
        path = f"/subnetpools/{self._pool}"
        more = {"prefixes": ["10.0.2.0/24"]}
        return {
            "subnet": lambda user: self._subnet(user, 0),
            "subnet elsewhere": lambda user: self._subnet(user, 1),
            "more prefixes": lambda user: user.network("PUT", f"{path}/add_prefixes", more),
            "delete": lambda user: user.network("DELETE", path),
        }

    def chosen(self) -> tuple[str, ...]:
        return _CHOSEN

    def end(self) -> None:
        super().end()
        self.site.user.network("DELETE", f"/subnetpools/{self._pool}")

    def _subnet(self, user: User, which: int) -> Answer:
        more = {"network_id": self._nets[which], "ip_version": 4, "subnetpool_id": self._pool}
        return _make(user, "/subnets", "subnet", **more)


class Quota(Scene):
    """A project that may have one network more."""

    name = "network quota"

    def begin(self) -> None:
        self._set("network", 1)

    def changes(self) -> dict[str, Change]:
        return {
            "network": lambda user: _make(user, "/networks", "network", name="one"),
            "two networks": lambda user: user.network(
                "POST", "/networks", {"networks": [{"name": "two"}, {"name": "three"}]}
            ),
            "another network": lambda user: _make(user, "/networks", "network", name="four"),
        }

    def end(self) -> None:
        super().end()
        admin = self.site.stack.admin.network
        admin("DELETE", f"/quotas/{self.site.user.project_id}")

    def _set(self, name: str, limit: int) -> None:
        admin = self.site.stack.admin.network
        admin.put(f"/quotas/{self.site.user.project_id}", {"quota": {name: limit}})


SCENES: tuple[type[Scene], ...] = (Network, Subnet, Port, Router, FloatingIP, Pool, Quota)


def _make(user: User, path: str, key: str, **body: object) -> Answer:
    return user.network("POST", path, {key: body})
