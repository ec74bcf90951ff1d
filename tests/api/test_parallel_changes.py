"""Changes of one thing that come all at once: each is judged by what the one before it left."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.support.client import Answer, User
from tests.support.topology import Site

MANY = 8
Change = Callable[[int], Answer]
Count = Callable[[], int]


@dataclass(frozen=True)
class Play:
    """What is done ``MANY`` times at once, how many are granted, and how many are seen after.

    ``undo`` takes away what only an admin can.
    """

    change: Change
    seen: Count
    granted: int = MANY
    before: int = 0
    undo: Callable[[], object] = lambda: None


def _revisions(site: Site, path: str, key: str, **body: object) -> Play:
    """Every change of an attribute is one more revision."""
    made = site.user.network.make(path, **body)
    return _revised(site.user, f"{path}/{made['id']}", key)


def _revised(user: User, path: str, key: str) -> Play:
    def change(number: int) -> Answer:
        return user.network("PUT", path, {key: {"description": f"d{number}"}})

    def seen() -> int:
        return int(user.network.get(path)["revision_number"])

    return Play(change, seen, before=seen())


def _networks(site: Site) -> Play:
    return _revisions(site, "/networks", "network")


def _subnets(site: Site) -> Play:
    net = site.net(None, "10.0.1.0/24")
    return _revised(site.user, f"/subnets/{net.subnet_id}", "subnet")


def _ports(site: Site) -> Play:
    net = site.net(None, "10.0.1.0/24")
    return _revisions(site, "/ports", "port", network_id=net.id)


def _security_groups(site: Site) -> Play:
    return _revisions(site, "/security-groups", "security_group", name="group")


def _subnetpools(site: Site) -> Play:
    path, body = "/subnetpools", {"name": "pool", "prefixes": ["10.8.0.0/16"]}
    return _revisions(site, path, "subnetpool", **body)


def _prefixes(site: Site) -> Play:
    user = site.user.network
    pool = user.make("/subnetpools", name="pool", prefixes=["10.128.0.0/16"])
    path = f"/subnetpools/{pool['id']}"

    def change(number: int) -> Answer:
        return user("PUT", f"{path}/add_prefixes", {"prefixes": [f"10.{number * 2}.0.0/16"]})

    return Play(change, lambda: len(user.get(path)["prefixes"]), before=1)


def _address_groups(site: Site) -> Play:
    user = site.user.network
    path = f"/address-groups/{user.make('/address-groups', name='group')['id']}"

    def change(number: int) -> Answer:
        return user("PUT", f"{path}/add_addresses", {"addresses": [f"10.0.{number}.0/24"]})

    return Play(change, lambda: len(user.get(path)["addresses"]))


def _rules(site: Site) -> Play:
    user = site.user.network
    group = user.make("/security-groups", name="group")
    path = f"/security-groups/{group['id']}"
    rule = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}
    ids = [
        user.make("/security-group-rules", **rule, port_range_min=n, port_range_max=n)["id"]
        for n in range(1, MANY + 1)
    ]

    def seen() -> int:
        return int(user.get(path)["revision_number"])

    def change(number: int) -> Answer:
        return user("DELETE", f"/security-group-rules/{ids[number]}")

    return Play(change, seen, before=seen())


def _tags(site: Site) -> Play:
    user = site.user.network
    path = f"/networks/{user.make('/networks', name='net')['id']}"
    return Play(
        lambda number: user("PUT", f"{path}/tags/t{number}"),
        lambda: len(user.get(path)["tags"]),
    )


def _routed(site: Site) -> str:
    router = site.router()
    site.attach(router, site.net(None, "10.0.1.0/24"))
    return f"/routers/{router}"


def _route(number: int) -> dict[str, object]:
    return {"routes": [{"destination": f"10.1.{number}.0/24", "nexthop": "10.0.1.9"}]}


def _routes_added(site: Site) -> Play:
    user, path = site.user.network, _routed(site)

    def change(number: int) -> Answer:
        return user("PUT", f"{path}/add_extraroutes", {"router": _route(number)})

    return Play(change, lambda: len(user.get(path)["routes"]))


def _routes_removed(site: Site) -> Play:
    user, path = site.user.network, _routed(site)
    for number in range(MANY):
        user.put(f"{path}/add_extraroutes", {"router": _route(number)})

    def change(number: int) -> Answer:
        return user("PUT", f"{path}/remove_extraroutes", {"router": _route(number)})

    return Play(change, lambda: MANY - len(user.get(path)["routes"]))


def _one_subnet_of_a_router(site: Site) -> Play:
    """Of subnets that overlap, one can be a router's."""
    user, router = site.user.network, site.router()
    subnets = [site.net(None, "10.0.1.0/24").subnet_id for _ in range(MANY)]

    def change(number: int) -> Answer:
        body = {"subnet_id": subnets[number]}
        return user("PUT", f"/routers/{router}/add_router_interface", body)

    return Play(change, lambda: len(user.list(f"/ports?device_id={router}")), granted=1)


def _one_router_of_a_port(site: Site) -> Play:
    """A port can be an interface of one router."""
    user, net = site.user.network, site.net(None, "10.0.1.0/24")
    port = user.make("/ports", network_id=net.id)["id"]
    routers = [site.router() for _ in range(MANY)]

    def change(number: int) -> Answer:
        body = {"port_id": port}
        return user("PUT", f"/routers/{routers[number]}/add_router_interface", body)

    def seen() -> int:
        found = (user.list(f"/ports?device_id={router}") for router in routers)
        return sum(len(ports) for ports in found)

    return Play(change, seen, granted=1)


def _one_floating_ip_of_a_port(site: Site) -> Play:
    """A fixed address has one floating IP of an external network."""
    user, net, outside = site.user.network, site.net("Pod1", "10.0.1.0/24"), site.external("Pod1")
    router = site.router()
    site.gateway(router, outside)
    site.attach(router, net)
    port = user.make("/ports", network_id=net.id)["id"]
    ids = [site.floating(outside)["id"] for _ in range(MANY)]

    def change(number: int) -> Answer:
        return user("PUT", f"/floatingips/{ids[number]}", {"floatingip": {"port_id": port}})

    return Play(change, lambda: len(user.list(f"/floatingips?port_id={port}")), granted=1)


def _gateways(site: Site) -> Play:
    """A router has one gateway, however often it is set."""
    user, outside, router = site.user.network, site.external("Pod1"), site.router()
    ports = site.stack.admin.network

    def change(number: int) -> Answer:
        info = {"external_gateway_info": {"network_id": outside.id}, "name": f"r{number}"}
        return user("PUT", f"/routers/{router}", {"router": info})

    def seen() -> int:
        return MANY if len(ports.list(f"/ports?device_id={router}")) == 1 else 0

    return Play(change, seen)


def _flavor(site: Site) -> str:
    name = f"f-{secrets.token_hex(4)}"
    more = {"ram": 64, "vcpus": 1, "disk": 1, "os-flavor-access:is_public": False}
    made = site.stack.admin.compute.make("/flavors", name=name, **more)
    return f"/flavors/{made['id']}"


def _extra_specs(site: Site) -> Play:
    admin, path = site.stack.admin.compute, _flavor(site)

    def change(number: int) -> Answer:
        return admin("POST", f"{path}/os-extra_specs", {"extra_specs": {f"k{number}": "v"}})

    def seen() -> int:
        return len(admin.get(f"{path}/os-extra_specs"))

    return Play(change, seen, undo=lambda: admin.delete(path))


def _flavor_access(site: Site) -> Play:
    """A project has access once."""
    admin, path = site.stack.admin.compute, _flavor(site)
    body = {"addTenantAccess": {"tenant": site.user.project_id}}

    def change(number: int) -> Answer:
        return admin("POST", f"{path}/action", body)

    def seen() -> int:
        return len(admin.get(f"{path}/os-flavor-access"))

    return Play(change, seen, granted=1, undo=lambda: admin.delete(path))


def _aggregate_metadata(site: Site) -> Play:
    admin = site.stack.admin.compute
    body = {"aggregate": {"name": f"a-{secrets.token_hex(4)}"}}
    made = admin("POST", "/os-aggregates", body).body["aggregate"]
    path = f"/os-aggregates/{made['id']}"

    def change(number: int) -> Answer:
        body = {"set_metadata": {"metadata": {f"k{number}": "v"}}}
        return admin("POST", f"{path}/action", body)

    def seen() -> int:
        return len(admin.get(path)["metadata"])

    return Play(change, seen, undo=lambda: admin.delete(path))


def _type_specs(site: Site) -> Play:
    admin = site.stack.admin.volume
    body = {"volume_type": {"name": f"t-{secrets.token_hex(4)}"}}
    made = admin("POST", "/types", body).body["volume_type"]
    path = f"/types/{made['id']}"

    def change(number: int) -> Answer:
        return admin("POST", f"{path}/extra_specs", {"extra_specs": {f"k{number}": "v"}})

    def seen() -> int:
        return len(admin.get(f"{path}/extra_specs"))

    return Play(change, seen, undo=lambda: admin.delete(path))


def _qos_specs(site: Site) -> Play:
    admin = site.stack.admin.volume
    body = {"qos_specs": {"name": f"q-{secrets.token_hex(4)}"}}
    path = f"/qos-specs/{admin('POST', '/qos-specs', body).body['qos_specs']['id']}"
    return Play(
        lambda number: admin("PUT", path, {"qos_specs": {f"k{number}": "v"}}),
        lambda: len(admin.get(path)["specs"]),
        undo=lambda: admin.delete(path),
    )


def _group_specs(site: Site) -> Play:
    admin = site.stack.admin.volume
    version = {"OpenStack_API_Version": "volume 3.63"}
    body = {"group_type": {"name": f"g-{secrets.token_hex(4)}"}}
    made = admin("POST", "/group_types", body, **version).body["group_type"]
    path = f"/group_types/{made['id']}"

    def change(number: int) -> Answer:
        specs = {"group_specs": {f"k{number}": "v"}}
        return admin("POST", f"{path}/group_specs", specs, **version)

    def seen() -> int:
        return len(admin("GET", f"{path}/group_specs", **version).body["group_specs"])

    return Play(change, seen, undo=lambda: admin("DELETE", path, **version))


PLAYS = (
    _networks, _subnets, _ports, _security_groups, _subnetpools, _prefixes, _address_groups,
    _rules, _tags, _routes_added, _routes_removed, _one_subnet_of_a_router,
    _one_router_of_a_port, _one_floating_ip_of_a_port, _gateways, _extra_specs, _flavor_access,
    _aggregate_metadata, _type_specs, _qos_specs, _group_specs,
)  # fmt: skip


@pytest.mark.parametrize("make", PLAYS, ids=lambda make: make.__name__.strip("_"))
def test_no_change_undoes_another(site_on_either: Site, make: Callable[[Site], Play]) -> None:
    play = make(site_on_either)
    try:
        with ThreadPoolExecutor(MANY) as pool:
            answers = list(pool.map(play.change, range(MANY)))
        statuses = [answer.status for answer in answers]
        assert sum(status < 300 for status in statuses) == play.granted, statuses
        assert all(status < 500 for status in statuses), statuses
        assert play.seen() - play.before == play.granted
    finally:
        play.undo()
