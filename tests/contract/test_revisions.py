"""Revisions: what counts as one, of whom, and how If-Match holds a change to one."""

from __future__ import annotations

from typing import Any

from tests.contract.conftest import Places
from tests.contract.play import Caller, Play
from tests.contract.test_routers import external

STALE = (412, "RevisionNumberConstraintFailed")


def named(revision: int) -> str:
    return f"revision_number={revision}"


class Watched:
    """An object whose revision is looked at after each change."""

    def __init__(self, caller: Caller, path: str, key: str) -> None:
        self.caller, self.path, self.key = caller, path, key
        self.revision = self._now()

    def _now(self) -> int:
        shown = self.caller("GET", self.path, expect=200, compare=False)[self.key]
        return int(shown["revision_number"])

    def rises(self) -> bool:
        """Whether it has risen since it was last asked."""
        before, self.revision = self.revision, self._now()
        assert self.revision >= before
        return self.revision > before

    def put(self, body: Any, *, expect: Any = 200, match: str = "", action: str = "") -> Any:
        """Change it, or by an action what belongs to it."""
        path = f"{self.path}/{action}" if action else self.path
        body = body if action else {self.key: body}
        return self.caller("PUT", path, body, expect=expect, match=match)


def test_of_every_kind(places: Places) -> None:
    places.compare(_every_kind)


def _every_kind(play: Play) -> None:
    demo = play.at("demo")
    network = demo.make("/networks", "network", name=play.name)["id"]
    body = {"network_id": network, "ip_version": 4, "cidr": "10.47.1.0/24"}
    subnet = demo.make("/subnets", "subnet", **body)["id"]
    # What is in use is refused for that, in any revision.
    other = demo.make("/networks", "network", name=play.name)["id"]
    port = demo.make("/ports", "port", network_id=other)["id"]
    router = demo.make("/routers", "router", name=play.name)["id"]
    group = demo.make("/security-groups", "security_group", name=play.name)["id"]
    pool = {"name": play.name, "prefixes": ["10.48.0.0/16"]}
    pool = demo.make("/subnetpools", "subnetpool", **pool)["id"]
    addresses = demo.make("/address-groups", "address_group", name=play.name)["id"]
    first = {
        ("/networks", "network", network): 2,
        ("/subnets", "subnet", subnet): 0,
        ("/ports", "port", port): 1,
        ("/routers", "router", router): 1,
        ("/security-groups", "security_group", group): 1,
        ("/subnetpools", "subnetpool", pool): 0,
        ("/address-groups", "address_group", addresses): 0,
    }
    for (collection, key, id_), revision in first.items():
        it = Watched(demo, f"{collection}/{id_}", key)
        assert it.revision == revision, collection
        refused = it.put({"description": "new"}, expect=STALE, match=named(99))
        said = f"Constrained to 99, but current revision is {revision}"
        assert refused["NeutronError"]["message"] == said
        changed = it.put({"description": "new"}, match=named(revision))[key]
        assert changed["revision_number"] == revision + 1
        it.put({"description": "other"}, expect=STALE, match=named(revision))
        if key != "address_group":
            # Neutron does not look when it deletes these.
            demo("DELETE", it.path, expect=STALE, match=named(revision))
        assert it.rises()
    it.put({"name": "x"}, expect=(400, "BadRequest"), match=named(0) + "x")
    demo("GET", it.path, expect=(400, "BadRequest"), match="revision_number=")
    demo("GET", it.path, expect=200, match=named(99))
    twice = ", ".join([f'"{named(1)}"'] * 2)
    it.put({"name": "x"}, expect=(400, "BadRequest"), match=twice)
    for other in ("*", f'W/"{named(99)}"', "another"):
        it.put({"name": f"of {other}"}, match=other)
    rule = {"security_group_id": group, "direction": "ingress", "protocol": "tcp"}
    rule = demo.make("/security-group-rules", "security_group_rule", **rule)["id"]
    path = f"/security-group-rules/{rule}"
    demo("DELETE", path, expect=STALE, match=named(99))
    demo("DELETE", path, expect=204, match=named(0))


def test_of_what_has_children(places: Places) -> None:
    places.compare(_parents)


def _parents(play: Play) -> None:
    demo = play.at("demo")
    made = demo.make("/networks", "network", name=play.name)
    network = Watched(demo, f"/networks/{made['id']}", "network")
    body = {"network_id": made["id"], "ip_version": 4}
    one = demo.make("/subnets", "subnet", **body, cidr="10.47.1.0/24")["id"]
    assert network.rises()
    two = demo.make("/subnets", "subnet", **body, cidr="10.47.2.0/24")["id"]
    assert network.rises()
    subnet = Watched(demo, f"/subnets/{one}", "subnet")
    for change, of_subnet, of_network in (
        ({"name": "new"}, True, True),
        ({"name": "new"}, False, False),
        ({"enable_dhcp": False}, True, True),
        ({"description": "new"}, True, False),
        ({"dns_nameservers": ["10.47.1.3"]}, False, False),
    ):
        subnet.put(change)
        assert (subnet.rises(), network.rises()) == (of_subnet, of_network), change
    for tags, risen in ((["a", "b"], True), (["b", "a"], False), ([], True)):
        network.put({"tags": tags}, action="tags")
        assert network.rises() == risen, tags
    port = demo.make("/ports", "port", network_id=made["id"], fixed_ips=[{"subnet_id": two}])
    port = Watched(demo, f"/ports/{port['id']}", "port")
    assert not network.rises()
    pairs = {"allowed_address_pairs": [{"ip_address": "10.47.2.77"}]}
    for change, risen in (
        ({"security_groups": []}, True),
        ({"security_groups": []}, False),
        (pairs, True),
        (pairs, True),
        ({"fixed_ips": [{"ip_address": "10.47.2.50"}]}, True),
        ({"fixed_ips": [{"ip_address": "10.47.2.50"}]}, False),
    ):
        port.put(change)
        assert port.rises() == risen, change
    demo("DELETE", f"/subnets/{one}", expect=204)
    assert network.rises()
    policy = {"object_type": "network", "object_id": made["id"], "action": "access_as_shared"}
    target = play.login("trio2o").project_id
    policy = demo.make("/rbac-policies", "rbac_policy", **policy, target_tenant=target)
    assert network.rises()
    demo("DELETE", f"/rbac-policies/{policy['id']}", expect=204)
    assert network.rises()


def test_of_routers(places: Places) -> None:
    places.compare(_routers)


def _routers(play: Play) -> None:
    trio2o = play.at("trio2o")
    outside, _ = external(play, "172.24.47.0/24", play.vlan)
    network = trio2o.make("/networks", "network", name=play.name)["id"]
    body = {"network_id": network, "ip_version": 4, "cidr": "10.47.3.0/24"}
    subnet = trio2o.make("/subnets", "subnet", **body)["id"]
    id_ = trio2o.make("/routers", "router", name=play.name)["id"]
    router = Watched(trio2o, f"/routers/{id_}", "router")
    leg, before = {"subnet_id": subnet}, router.revision
    router.put(leg, action="add_router_interface", expect=STALE, match=named(99))
    router.put(leg, action="add_router_interface", match=named(before))
    play.clean(trio2o, f"{router.path}/remove_router_interface", "PUT", leg)
    play.clean(trio2o, router.path, "PUT", {"router": {"routes": [], "external_gateway_info": {}}})
    assert router.rises()
    info = {"external_gateway_info": {"network_id": outside}}
    route = {"routes": [{"destination": "10.49.0.0/24", "nexthop": "10.47.3.9"}]}
    for change, risen in ((info, True), (info, False), (route, True), (route, False)):
        router.put(change)
        assert router.rises() == risen, change
    floating = trio2o.make("/floatingips", "floatingip", floating_network_id=outside)
    assert floating["revision_number"] == 0
    it = Watched(trio2o, f"/floatingips/{floating['id']}", "floatingip")
    it.put({"description": "new"}, expect=STALE, match=named(99))
    for change in ({"description": "new"}, {"description": "new"}):
        it.put(change)
        assert it.rises()
    router.put({"router": {"routes": route["routes"]}}, action="remove_extraroutes")
    assert router.rises()
    trio2o("DELETE", it.path, expect=204)
    router.put({"external_gateway_info": {}})
    assert router.rises()
    router.put(leg, action="remove_router_interface")
    assert router.rises()


def test_of_groups(places: Places) -> None:
    places.compare(_groups)


def _groups(play: Play) -> None:
    demo = play.at("demo")
    make = {"name": play.name}
    group = demo.make("/security-groups", "security_group", **make)["id"]
    admitted = demo.make("/security-groups", "security_group", **make)["id"]
    it = Watched(demo, f"/security-groups/{group}", "security_group")
    rule = {"security_group_id": group, "direction": "ingress"}
    made = demo.make("/security-group-rules", "security_group_rule", **rule, protocol="tcp")
    assert it.rises()
    demo("DELETE", f"/security-group-rules/{made['id']}", expect=204)
    assert it.rises()
    rule |= {"remote_group_id": admitted}
    demo("POST", "/security-group-rules", {"security_group_rule": rule}, expect=201)
    assert it.rises()
    demo("DELETE", f"/security-groups/{admitted}", expect=204)
    assert it.rises()
    given = {"name": play.name, "addresses": ["10.47.0.0/24"]}
    addresses = demo.make("/address-groups", "address_group", **given)
    it = Watched(demo, f"/address-groups/{addresses['id']}", "address_group")
    assert it.revision == 1
    more = {"addresses": ["10.48.0.0/24"]}
    it.put(more, action="add_addresses", expect=STALE, match=named(99))
    for action in ("add_addresses", "remove_addresses"):
        it.put(more, action=action)
        assert it.rises()
