"""Every route of every API: who may use it, and whose objects it never shows.

The routes are asked of the code, so that a new one is tested from its first day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from api.http import Route
from api.main import APIS
from tests.support.client import Answer, Json, User, send, until
from tests.support.stack import Stack
from tests.support.topology import Site

ROUTES = [
    pytest.param(api.address(""), route, id=f"{route.method} {api.name}{route.path}")
    for api in APIS
    for route in api.routes().declared
]
# What the compute API has, or had, of others.
OLD_NAMES = {
    "os-networks": "networks",
    "os-tenant-networks": "networks",
    "os-floating-ips": "floatingips",
    "os-security-groups": "security-groups",
    "os-security-group-rules": "security-group-rules",
    "os-volumes": "volumes",
    "os-snapshots": "snapshots",
    "os-volumes_boot": "servers",
}
# What a request of somebody else's object would change, were it let through.
NOWHERE = "00000000-0000-4000-8000-000000000000"
ROUTES_BODY = {"router": {"routes": [{"destination": "1.1.1.0/24", "nexthop": "10.0.1.9"}]}}
BODIES: dict[str, Json] = {
    "PUT /routers/{id}/add_router_interface": {"subnet_id": NOWHERE},
    "PUT /routers/{id}/remove_router_interface": {"subnet_id": NOWHERE},
    "PUT /routers/{id}/add_extraroutes": ROUTES_BODY,
    "PUT /routers/{id}/remove_extraroutes": ROUTES_BODY,
    "PUT /networks/{id}": {"network": {"name": "stolen"}},
    "PUT /subnets/{id}": {"subnet": {"name": "stolen"}},
    "PUT /ports/{id}": {"port": {"name": "stolen"}},
    "PUT /routers/{id}": {"router": {"name": "stolen"}},
    "PUT /floatingips/{id}": {"floatingip": {"port_id": None}},
    "PUT /security-groups/{id}": {"security_group": {"name": "stolen"}},
    "PUT /security-group-rules/{id}": {"security_group_rule": {"description": "stolen"}},
    "PUT /subnetpools/{id}": {"subnetpool": {"name": "stolen"}},
    "PUT /subnetpools/{id}/add_prefixes": {"prefixes": ["10.78.0.0/16"]},
    "PUT /subnetpools/{id}/remove_prefixes": {"prefixes": ["10.77.0.0/24"]},
    "PUT /address-scopes/{id}": {"address_scope": {"name": "stolen"}},
    "PUT /address-groups/{id}": {"address_group": {"name": "stolen"}},
    "PUT /address-groups/{id}/add_addresses": {"addresses": ["10.78.0.0/16"]},
    "PUT /address-groups/{id}/remove_addresses": {"addresses": ["10.77.0.0/16"]},
    "PUT /rbac-policies/{id}": {"rbac_policy": {"target_tenant": "thief"}},
    "PUT /servers/{id}": {"server": {"name": "stolen"}},
    "PUT /os-volumes_boot/{id}": {"server": {"name": "stolen"}},
    "POST /os-volumes_boot/{id}/action": {"reboot": {"type": "SOFT"}},
    "PUT /os-security-groups/{id}": {"security_group": {"name": "stolen", "description": ""}},
    "PUT /volumes/{id}": {"volume": {"name": "stolen"}},
    "PUT /snapshots/{id}": {"snapshot": {"name": "stolen"}},
    "PUT /backups/{id}": {"backup": {"name": "stolen"}},
    "POST /backups/{id}/restore": {"restore": {}},
    "POST /servers/{id}/action": {"reboot": {"type": "SOFT"}},
    "POST /volumes/{id}/action": {"os-extend": {"new_size": 2}},
}


@dataclass
class Owned:
    """One object of each kind that belongs to a tenant, by collection."""

    owner: User
    stranger: User
    ids: dict[str, str]

    def path(self, route: Route) -> str | None:
        """The path of the route to the owner's object; None where the route names none."""
        collection = route.path.split("/")[1]
        if collection not in self.ids or "{" not in route.path:
            return None
        first = re.sub(r"\{[^}]*\}", self.ids[collection], route.path, count=1)
        return re.sub(r"\{[^}]*\}", "anything", first)


@pytest.fixture(scope="module")
def owned(stack: Stack) -> Iterator[Owned]:
    site = Site(stack, stack.tenant())
    owner = site.user
    with stack.nothing_left():
        router, net = site.router(), site.net("az1", "10.0.1.0/24")
        outside = site.external("Pod2")
        server = site.boot(net)
        group = owner.network.make("/security-groups", name="mine")
        volume_ = owner.volume.make("/volumes", size=1, name="mine", availability_zone="az1")
        of = {"volume_id": volume_["id"]}
        until(lambda: _is_available(owner, volume_["id"]), "the volume is there")
        owner.compute.make("/os-keypairs", name="of-the-owner")
        servers = owner.compute.make("/os-server-groups", name="mine", policies=["affinity"])
        pool = owner.network.make("/subnetpools", name="mine", prefixes=["10.77.0.0/16"])
        scope = owner.network.make("/address-scopes", name="mine", ip_version=4)
        addresses = owner.network.make("/address-groups", addresses=["10.77.0.0/16"])
        policy = {"object_type": "subnetpool", "object_id": pool["id"]}
        policy |= {"action": "access_as_shared", "target_tenant": "nobody"}
        given = owner.network("POST", "/rbac-policies", {"rbac_policy": policy})
        rule = {"direction": "ingress", "security_group_id": group["id"]}
        ids = {
            "networks": net.id,
            "subnets": net.subnet_id,
            "ports": server["port_id"],
            "routers": router,
            "floatingips": site.floating(outside)["id"],
            "security-groups": group["id"],
            "subnetpools": pool["id"],
            "address-scopes": scope["id"],
            "address-groups": addresses["id"],
            "rbac-policies": given.body["rbac_policy"]["id"],
            "security-group-rules": owner.network.make("/security-group-rules", **rule)["id"],
            "servers": server["id"],
            "volumes": volume_["id"],
            "snapshots": owner.volume.make("/snapshots", **of)["id"],
            "backups": owner.volume.make("/backups", **of)["id"],
            "os-keypairs": "of-the-owner",
            "os-server-groups": servers["id"],
        }
        for old, name in OLD_NAMES.items():
            ids[old] = ids[name]
        stack.settle()
        yield Owned(owner, stack.tenant(), ids)
        owner.volume.delete(f"/backups/{ids['backups']}")
        owner.volume.delete(f"/volumes/{volume_['id']}?cascade=True")
        owner.compute.delete("/os-keypairs/of-the-owner")
        owner.compute.delete(f"/os-server-groups/{servers['id']}")
        for name in ("rbac-policies", "subnetpools", "address-scopes", "address-groups"):
            owner.network.delete(f"/{name}/{ids[name]}")
        site.tear_down()


def _is_available(owner: User, id_: str) -> bool:
    return bool(owner.volume.get(f"/volumes/{id_}")["status"] == "available")


def _anything(route: Route) -> str:
    return re.sub(r"\{[^}]*\}", "anything", route.path)


def _ask(user: User, prefix: str, route: Route, path: str) -> Answer:
    body = BODIES.get(re.sub(r"\{[^}]*\}", "{id}", f"{route.method} {route.path}"))
    if body is None and route.method in ("POST", "PUT", "PATCH"):
        body = {"tags": ["stolen"]} if route.path.endswith("/tags") else {}
    return send(route.method, user.gateway + prefix + path, body, {"X-Auth-Token": user.token})


@pytest.mark.parametrize(("prefix", "route"), ROUTES)
def test_nobody_without_a_token(stack: Stack, prefix: str, route: Route) -> None:
    answer = send(route.method, stack.url + prefix + _anything(route))
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Keystone uri=")


@pytest.mark.parametrize(
    ("prefix", "route"), [p for p in ROUTES if p.values[1].method not in ("GET", "HEAD")]
)
def test_a_reader_changes_nothing(stack: Stack, prefix: str, route: Route) -> None:
    answer = _ask(stack.users["viewer"], prefix, route, _anything(route))
    assert answer.status == 403, answer.body


@pytest.mark.parametrize(("prefix", "route"), [p for p in ROUTES if p.values[1].admin])
def test_a_member_is_no_admin(stack: Stack, prefix: str, route: Route) -> None:
    answer = _ask(stack.users["demo"], prefix, route, _anything(route))
    assert answer.status == 403, answer.body


def test_a_stranger_finds_nothing_and_changes_nothing(stack: Stack, owned: Owned) -> None:
    found = {}
    with stack.nothing_changed():
        for parameter in ROUTES:
            prefix, route = parameter.values
            path = owned.path(route)
            if path is None or route.admin:
                continue
            answer = _ask(owned.stranger, prefix, route, path)
            # What is gone is gone for everybody, whatever the id.
            if answer.status not in (404, 410):
                found[f"{route.method} {route.path}"] = (answer.status, answer.message)
    assert found == {}


def test_no_list_shows_what_belongs_to_others(stack: Stack, owned: Owned) -> None:
    shown = []
    for parameter in ROUTES:
        prefix, route = parameter.values
        if route.method != "GET" or "{" in route.path or route.admin:
            continue
        answer = _ask(owned.stranger, prefix, route, route.path)
        assert answer.status < 500, (route.path, answer.body)
        shown += [(route.path, id_) for id_ in owned.ids.values() if id_ in str(answer.body)]
    assert shown == []


def test_a_strangers_own_objects_cannot_refer_to_others(stack: Stack, owned: Owned) -> None:
    site, ids = Site(stack, owned.stranger), owned.ids
    router, group = site.router(), owned.stranger.network.make("/security-groups", name="own")
    floating = site.floating(site.external("Pod1", "163.3.125.0/24"))["id"]
    boot = {"name": "x", "imageRef": site.image(), "flavorRef": site.flavor()}
    stack.settle()
    remote = {"direction": "ingress", "security_group_id": group["id"]}
    tries: list[tuple[str, str, str, Json]] = [
        ("network", "POST", "/subnets", {"subnet": {"network_id": ids["networks"]}}),
        ("network", "POST", "/ports", {"port": {"network_id": ids["networks"]}}),
        (
            "network",
            "POST",
            "/security-group-rules",
            {"security_group_rule": remote | {"remote_group_id": ids["security-groups"]}},
        ),
        ("network", "PUT", f"/floatingips/{floating}", {"floatingip": {"port_id": ids["ports"]}}),
    ]
    tries[0][3]["subnet"] |= {"cidr": "10.9.0.0/24", "ip_version": 4}
    tries += [
        ("network", "PUT", f"/routers/{router}/add_router_interface", {key: ids[kind]})
        for key, kind in (("subnet_id", "subnets"), ("port_id", "ports"))
    ]
    tries += [
        ("compute", "POST", "/servers", {"server": boot | {"networks": [network]}})
        for network in ({"uuid": ids["networks"]}, {"port": ids["ports"]})
    ]
    keypair = {"key_name": "of-the-owner", "networks": "none"}
    tries.append(("compute", "POST", "/servers", {"server": boot | keypair}))
    with stack.nothing_changed():
        for api, method, path, body in tries:
            version = {"OpenStack_API_Version": "compute 2.37"} if api == "compute" else {}
            answer = getattr(owned.stranger, api)(method, path, body, **version)
            assert answer.status in (400, 404), (method, path, body, answer.status, answer.body)
    site.tear_down()
