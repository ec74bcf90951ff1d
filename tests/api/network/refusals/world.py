"""What the tables of refusals talk about: one of each thing, some of them in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tests.support.client import Answer, Json


class Ask(Protocol):
    """The network API as one user sees it."""

    def __call__(self, method: str, path: str, body: Any = None) -> Answer: ...


class World:
    """``names``: the ids that a table has behind a ``$``."""

    def __init__(self, users: Mapping[str, Ask], projects: Mapping[str, str]) -> None:
        self.users = users
        self.names = {f"project_{name}": id_ for name, id_ in projects.items()}
        self.names |= {
            "none": "00000000-0000-4000-8000-000000000000",
            "long": "x" * 256,
            "many_routes": str(
                [{"destination": f"192.0.{n}.0/24", "nexthop": "10.71.2.9"} for n in range(31)]
            ),
            "many_host_routes": str(
                [{"destination": f"192.0.{n}.0/24", "nexthop": "10.80.0.9"} for n in range(21)]
            ),
            "many_pairs": str([{"ip_address": f"10.71.9.{n}"} for n in range(11)]),
            "many_addresses": str([{"ip_address": f"10.71.1.{n}"} for n in range(20, 26)]),
            "many_tags": str([f"tag-{n}" for n in range(51)]),
            "too_many_names": str([f"name-{n}" for n in range(1001)]),
            "too_many_prefixes": str([f"10.{n // 250}.{n % 250}.0/24" for n in range(1001)]),
            "too_many_options": str(
                [{"opt_name": f"o{n}", "opt_value": "x"} for n in range(1001)]
            ),
            "too_many_networks": str([{"name": "x"}] * 1001),
        }
        self._made: list[tuple[str, str]] = []

    def fill(self) -> None:
        """Make it all."""
        self._networks()
        self._routers()
        self._security()
        self._pools()
        self._others()

    def clear(self) -> None:
        """Undo it, newest first; what went with something else is gone already."""
        name = self.names
        self._put("owner", f"/routers/{name['router']}", {"router": {"routes": []}})
        for owner, path in reversed(self._made):
            if path.startswith("remove "):
                router, _, subnet = path.removeprefix("remove ").partition(" ")
                body = {"subnet_id": subnet}
                self._put(owner, f"/routers/{router}/remove_router_interface", body)
            else:
                answer = self.users[owner]("DELETE", path)
                assert answer.status in (204, 404), f"DELETE {path}: {answer.body}"

    def _networks(self) -> None:
        make, name = self._make, self.names
        for net, cidr, more in (
            ("net", "10.71.1.0/24", {"allocation_pools": _pool("10.71.1.10", "10.71.1.200")}),
            ("net2", "10.71.2.0/24", {}),
            ("net3", "10.71.1.0/24", {}),
            ("net_nogw", "10.71.4.0/24", {"gateway_ip": None}),
            ("net_small", "10.71.5.0/30", {"enable_dhcp": False}),
            ("net_far", "10.71.6.0/24", {"gateway_ip": "192.0.2.1"}),
        ):
            make(net, "/networks", name=net)
            sub = net.replace("net", "sub")
            make(sub, "/subnets", network_id=name[net], cidr=cidr, ip_version=4, **more)
        make("net_open", "/networks", name="net_open", port_security_enabled=False)
        make("net_narrow", "/networks", name="net_narrow", mtu=1000)
        make("net6", "/networks", name="net6")
        auto = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
        make("sub6", "/subnets", network_id=name["net6"], cidr="fd71::/64", ip_version=6, **auto)
        make("port", "/ports", network_id=name["net"], fixed_ips=[{"ip_address": "10.71.1.10"}])
        mac = "fa:16:3e:71:00:02"
        make("port2", "/ports", network_id=name["net2"], mac_address=mac)
        make("port3", "/ports", network_id=name["net3"])
        make("port_small", "/ports", network_id=name["net_small"])
        make("port_bare", "/ports", network_id=name["net2"], fixed_ips=[])
        open_ = {"port_security_enabled": False}
        make("port_open", "/ports", network_id=name["net2"], **open_)
        make("port_busy", "/ports", network_id=name["net2"], device_id="something")
        twice = [{"subnet_id": name["sub2"]}, {"subnet_id": name["sub2"]}]
        make("port_twice", "/ports", network_id=name["net2"], fixed_ips=twice)
        make("port_far", "/ports", network_id=name["net_nogw"])

    def _routers(self) -> None:
        make, name = self._make, self.names
        out = {"router:external": True}
        make("ext", "/networks", by="admin", name="ext", **out)
        make("ext_full", "/networks", by="admin", name="ext_full", **out)
        for net, cidr, first, last in (
            ("ext", "198.51.100.0/24", "198.51.100.10", "198.51.100.40"),
            ("ext_full", "203.0.113.0/30", "203.0.113.2", "203.0.113.2"),
        ):
            sub = {"network_id": name[net], "cidr": cidr, "ip_version": 4, "enable_dhcp": False}
            sub["allocation_pools"] = _pool(first, last)
            make(net.replace("ext", "sub_ext"), "/subnets", by="admin", **sub)
        make("ext_bare", "/networks", by="admin", name="ext_bare", **out)
        gateway = {"network_id": name["ext"]}
        make("router", "/routers", name="router", external_gateway_info=gateway)
        make("router2", "/routers", name="router2")
        for subnet, port in (("sub", "leg"), ("sub2", "leg2")):
            body = {"subnet_id": name[subnet]}
            done = self._put("owner", f"/routers/{name['router']}/add_router_interface", body)
            name[port] = done["port_id"]
            self._made.append(("owner", f"remove {name['router']} {name[subnet]}"))
        name["legs"] = ", ".join(sorted((name["leg"], name["leg2"])))
        route = {"destination": "192.0.2.0/24", "nexthop": "10.71.2.200"}
        self._put("owner", f"/routers/{name['router']}", {"router": {"routes": [route]}})
        fip = make("fip", "/floatingips", floating_network_id=name["ext"], port_id=name["port"])
        name["address_fip"] = fip["floating_ip_address"]
        make("fip2", "/floatingips", floating_network_id=name["ext"])
        make("fip_full", "/floatingips", floating_network_id=name["ext_full"])
        own = f"/ports?device_owner=network:router_gateway&device_id={name['router']}"
        name["gate"] = self.users["admin"]("GET", own).body["ports"][0]["id"]

    def _security(self) -> None:
        make, name = self._make, self.names
        make("sg", "/security-groups", name="sg")
        make("sg_stateless", "/security-groups", name="sg_stateless", stateful=False)
        make("sg_used", "/security-groups", name="sg_used")
        used = make("port_sg", "/ports", network_id=name["net3"],
                    security_groups=[name["sg_used"]])  # fmt: skip
        name["address_sg"] = used["fixed_ips"][0]["ip_address"]
        own = {"security_group_id": name["sg"], "direction": "ingress"}
        make("rule", "/security-group-rules", **own, protocol="tcp", port_range_min=22,
             port_range_max=22)  # fmt: skip
        groups = self.users["owner"]("GET", "/security-groups?name=default")
        name["sg_default"] = groups.body["security_groups"][0]["id"]
        make("group", "/address-groups", name="group", addresses=["192.0.2.0/24"])
        make("group_used", "/address-groups", name="group_used", addresses=["192.0.2.0/24"])
        make("rule_group", "/security-group-rules", **own,
             remote_address_group_id=name["group_used"])  # fmt: skip

    def _pools(self) -> None:
        make, name = self._make, self.names
        make("scope", "/address-scopes", name="scope", ip_version=4)
        make("scope6", "/address-scopes", name="scope6", ip_version=6)
        make("scope_shared", "/address-scopes", by="admin", name="s", ip_version=4, shared=True)
        make("pool", "/subnetpools", name="pool", prefixes=["10.72.0.0/16"], min_prefixlen=20,
             default_prefixlen=24, max_prefixlen=28)  # fmt: skip
        make("pool_scoped", "/subnetpools", name="pool_scoped", prefixes=["10.73.0.0/16"],
             address_scope_id=name["scope"])  # fmt: skip
        make("pool_foreign", "/subnetpools", name="pool_foreign", prefixes=["10.76.0.0/16"],
             address_scope_id=name["scope_shared"])  # fmt: skip
        make("pool_quota", "/subnetpools", name="pool_quota", prefixes=["10.74.0.0/16"],
             default_quota=16)  # fmt: skip
        make("net_pool", "/networks", name="net_pool")
        make("sub_pool", "/subnets", network_id=name["net_pool"], subnetpool_id=name["pool"],
             ip_version=4)  # fmt: skip

    def _others(self) -> None:
        make, name = self._make, self.names
        make("other_net", "/networks", by="other", name="other")
        make("other_sub", "/subnets", by="other", network_id=name["other_net"],
             cidr="10.75.0.0/24", ip_version=4)  # fmt: skip
        make("other_port", "/ports", by="other", network_id=name["other_net"])
        make("other_router", "/routers", by="other", name="other")
        make("other_fip", "/floatingips", by="other", floating_network_id=name["ext"])
        make("other_sg", "/security-groups", by="other", name="other")
        make("other_rule", "/security-group-rules", by="other", direction="ingress",
             security_group_id=name["other_sg"])  # fmt: skip
        make("other_pool", "/subnetpools", by="other", name="o", prefixes=["10.76.0.0/16"])
        make("other_scope", "/address-scopes", by="other", name="o", ip_version=4)
        make("other_group", "/address-groups", by="other", name="o", addresses=[])
        given = {"object_type": "network", "action": "access_as_shared"}
        make("other_rbac", "/rbac-policies", by="other", **given, object_id=name["other_net"],
             target_tenant=name["none"].replace("-", ""))  # fmt: skip
        make("rbac", "/rbac-policies", **given, object_id=name["net3"],
             target_tenant=name["project_other"])  # fmt: skip
        make("guest", "/ports", by="other", network_id=name["net3"])
        make("shared_sg", "/security-groups", by="other", name="shared")
        make("shared_group", "/address-groups", by="other", name="shared", addresses=[])
        make("shared_pool", "/subnetpools", by="other", name="shared", prefixes=["10.77.0.0/16"])
        for policy, noun, key in (
            ("rbac_sg", "security_group", "shared_sg"),
            ("rbac_group", "address_group", "shared_group"),
            ("rbac_pool", "subnetpool", "shared_pool"),
        ):
            make(policy, "/rbac-policies", by="other", object_type=noun, object_id=name[key],
                 action="access_as_shared", target_tenant=name["project_owner"])  # fmt: skip
        make("user_sg", "/ports", network_id=name["net3"], security_groups=[name["shared_sg"]])
        make("user_group", "/security-group-rules", security_group_id=name["sg"],
             direction="egress", remote_address_group_id=name["shared_group"])  # fmt: skip
        make("user_net", "/networks", name="user_net")
        make("user_pool", "/subnets", network_id=name["user_net"], ip_version=4,
             subnetpool_id=name["shared_pool"], prefixlen=24)  # fmt: skip
        make("poor_net", "/networks", by="poor", name="poor")
        make("poor_sg", "/security-groups", by="poor", name="poor")
        for noun in ("network", "subnet", "port", "router", "floatingip", "security_group",
                     "security_group_rule", "subnetpool", "rbac_policy"):  # fmt: skip
            limit = {"quota": {noun: 0, "force": True}}
            self._put("admin", f"/quotas/{name['project_poor']}", limit)
        self._made.append(("admin", f"/quotas/{name['project_poor']}"))

    def _make(self, key: str, path: str, by: str = "owner", **body: Any) -> Json:
        answer = self.users[by]("POST", path, {member(path): body})
        assert answer.status == 201, f"POST {path} {body}: {answer.status} {answer.body}"
        made: Json = answer.body[member(path)]
        self.names[key] = made["id"]
        self._made.append((by, f"{path}/{made['id']}"))
        return made

    def _put(self, by: str, path: str, body: Json) -> Json:
        answer = self.users[by]("PUT", path, body)
        assert answer.status == 200, f"PUT {path} {body}: {answer.status} {answer.body}"
        changed: Json = answer.body
        return changed


def member(path: str) -> str:
    """The key of the object in a request to the path."""
    noun = path.strip("/").split("/")[0].replace("-", "_")
    return "rbac_policy" if noun == "rbac_policies" else noun.removesuffix("s")


def _pool(first: str, last: str) -> list[Json]:
    return [{"start": first, "end": last}]
