"""What is shown, what is taken and what is listed as an extension agree."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping

import pytest

from models.network.extensions.served import CORE, SERVED
from models.network.extensions.unserved import UNSERVED
from models.resources.network import NETWORK
from tests.support.client import Json, send
from tests.support.stack import Stack
from tests.support.topology import Site

KINDS = {kind.collection: kind for kind in NETWORK}
# Taken, and not shown afterwards: by Neutron neither.
SAID_ONLY = {
    "routers": {"distributed"},
    "subnets": {"prefixlen", "use_default_subnetpool"},
    "floatingips": {"subnet_id"},
}
LEFT_OUT = [
    pytest.param(collection, name, id=f"{collection}: {name}")
    for group in UNSERVED
    for collection, words in group.attributes.items()
    for name in words.split()
]
PATHS = [path for group in UNSERVED for path in group.paths]


def _told(collection: str) -> set[str]:
    """The attributes that the core and the listed extensions say a collection has."""
    tables: list[Mapping[str, str]] = [CORE, *(one.attributes for one in SERVED)]
    words = {word for table in tables for word in table.get(collection, "").split()}
    return (words | {"tenant_id"}) - SAID_ONLY.get(collection, set())


@pytest.fixture(scope="module")
def things(stack: Stack) -> Iterator[dict[str, Json]]:
    """One object of every collection, as an admin is shown it."""
    site = Site(stack, stack.tenant())
    user, admin = site.user.network, stack.admin.network
    inside = site.net("az1", "10.0.61.0/24")
    outside = site.external("Pod1", "192.0.2.0/24")
    port = user.make("/ports", network_id=inside.id)
    router = site.router()
    site.gateway(router, outside)
    site.attach(router, inside)
    name = f"extensions-{secrets.token_hex(4)}"
    group = user.make("/security-groups", name=name)
    made = {
        # One that can be the default one.
        "networks": outside.id,
        "subnets": inside.subnet_id,
        "ports": port["id"],
        "routers": router,
        "floatingips": site.floating(outside, port["id"])["id"],
        "security_groups": group["id"],
        "security_group_rules": group["security_group_rules"][0]["id"],
        "subnetpools": user.make("/subnetpools", name=name, prefixes=["10.9.0.0/16"])["id"],
        "address_scopes": user.make("/address-scopes", name=name, ip_version=4)["id"],
        "address_groups": user.make("/address-groups", name=name)["id"],
    }
    wish = {"object_type": "security_group", "object_id": group["id"]}
    wish |= {"action": "access_as_shared", "target_tenant": stack.users["alt"].project_id}
    shared = user("POST", "/rbac-policies", {"rbac_policy": wish}).body["rbac_policy"]
    made["rbac_policies"] = shared["id"]
    try:
        yield {
            collection: admin("GET", f"{kind.path}/{made[collection]}").body[kind.member]
            for collection, kind in KINDS.items()
        }
    finally:
        for collection in ("rbac_policies", "address_groups", "address_scopes", "subnetpools"):
            user.delete(f"{KINDS[collection].path}/{made[collection]}")
        site.tear_down()
        site.drop_external()


@pytest.mark.parametrize("collection", KINDS)
def test_what_is_shown_is_of_the_core_or_of_a_listed_extension(
    things: dict[str, Json], collection: str
) -> None:
    assert things[collection].keys() == _told(collection)


def test_what_is_told_is_listed(stack: Stack) -> None:
    listed = stack.admin.network("GET", "/extensions").body["extensions"]
    aliases = {one["alias"] for one in listed}
    assert aliases == {one.alias for one in SERVED}
    assert aliases.isdisjoint(alias for group in UNSERVED for alias in group.aliases)


def test_every_extension_of_the_pods_is_decided_upon(stack: Stack) -> None:
    known = {one.alias for one in SERVED}
    known |= {alias for group in UNSERVED for alias in group.aliases}
    for pod in stack.pods:
        url = f"{stack.admin.endpoint(pod, 'network')}/v2.0/extensions"
        listed = send("GET", url, headers={"X-Auth-Token": stack.admin.token}).body
        assert {one["alias"] for one in listed["extensions"]} - known == set()


@pytest.mark.parametrize(("collection", "name"), LEFT_OUT)
def test_what_is_left_out_is_neither_shown_nor_taken(
    stack: Stack, things: dict[str, Json], collection: str, name: str
) -> None:
    kind, thing = KINDS[collection], things[collection]
    admin = stack.admin.network
    assert name not in thing
    said = f"Unrecognized attribute(s) '{name}'"
    for method, path in (("POST", kind.path), ("PUT", f"{kind.path}/{thing['id']}")):
        answer = admin(method, path, {kind.member: {name: None}})
        assert (answer.status, answer.message) == (400, said), method
    listed = admin("GET", f"{kind.path}?{name}=x")
    assert listed.message == f"['{name}'] is invalid attribute for filtering"


@pytest.mark.parametrize("path", PATHS)
def test_collections_that_are_left_out_are_not_found(
    stack: Stack, things: dict[str, Json], path: str
) -> None:
    collection = path.split("/")[1]
    id_ = things[collection]["id"] if collection in things else "x"
    for method in ("GET", "POST", "PUT"):
        answer = stack.admin.network(method, path.replace("{id}", id_), None)
        assert answer.status == 404, (method, answer.body)


def test_a_gateway_has_no_policy_of_bandwidth(things: dict[str, Json]) -> None:
    assert things["routers"]["external_gateway_info"].keys() == {
        "network_id", "enable_snat", "external_fixed_ips",
    }  # fmt: skip
