"""Revisions: what counts as one, of whom, and who is held to the one that he has seen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.database.store import Row
from models.errors import BadRequest, Forbidden, NotFound, Outdated
from models.network.tags import Tags
from models.resource import Kind
from models.resources.network import NETWORK
from models.values import Caller, Condition
from tests.unit.network.world import ADMIN, STRANGER, USER, World

Make = Callable[[World], Awaitable[Row]]


def seen(caller: Caller, kind: Kind, id_: str, revision: int) -> Caller:
    return caller.provided(Condition(kind.collection, id_, revision))


async def _network(world: World) -> Row:
    return await world.network()


async def _subnet(world: World) -> Row:
    return await world.subnet(await world.network())


async def _port(world: World) -> Row:
    return await world.ports.create(USER, {"network_id": (await world.network())["id"]})


async def _router(world: World) -> Row:
    return await world.routers.create(USER, {})


async def _floatingip(world: World) -> Row:
    outside, _ = await world.external()
    return await world.floatingips.create(USER, {"floating_network_id": outside["id"]})


async def _group(world: World) -> Row:
    return await world.groups.create(USER, {"name": "group"})


async def _rule(world: World) -> Row:
    group = await _group(world)
    body = {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}
    return await world.rules.create(USER, body)


async def _pool(world: World) -> Row:
    return await world.pools.create(USER, {"name": "pool", "prefixes": ["10.0.0.0/16"]})


async def _scope(world: World) -> Row:
    return await world.scopes.create(USER, {"name": "scope", "ip_version": 4})


async def _address_group(world: World) -> Row:
    return await world.address_groups.create(USER, {"name": "group"})


async def _policy(world: World) -> Row:
    given = {"object_type": "network", "object_id": (await world.network())["id"]}
    body = {**given, "action": "access_as_shared", "target_tenant": "p2"}
    return await world.policies.create(USER, body)


MAKERS: dict[str, Make] = {
    "networks": _network,
    "subnets": _subnet,
    "ports": _port,
    "routers": _router,
    "floatingips": _floatingip,
    "security_groups": _group,
    "security_group_rules": _rule,
    "subnetpools": _pool,
    "address_scopes": _scope,
    "address_groups": _address_group,
    "rbac_policies": _policy,
}
FIRST = {
    "networks": 1, "ports": 1, "routers": 1, "security_groups": 1, "subnets": 0,
    "floatingips": 0, "security_group_rules": 0, "subnetpools": 0, "address_groups": 0,
}  # fmt: skip
STANDARD = [pytest.param(kind, id=kind.collection) for kind in NETWORK if kind.collection in FIRST]
OTHERS = [
    pytest.param(kind, id=kind.collection) for kind in NETWORK if kind.collection not in FIRST
]


def _service(world: World, kind: Kind) -> Any:
    return world.collection(kind.path.strip("/"))


def _body(kind: Kind, text: str) -> Row:
    return {"description" if "description" in kind.by_name else "name": text}


@pytest.mark.parametrize("kind", STANDARD)
async def test_nobody_changes_what_he_has_not_seen(world: World, kind: Kind) -> None:
    made = await MAKERS[kind.collection](world)
    service, id_, first = _service(world, kind), made["id"], FIRST[kind.collection]
    assert made["revision_number"] == first
    stale = seen(USER, kind, id_, 99)
    if kind.member != "security_group_rule":
        with pytest.raises(Outdated) as refused:
            await service.update(stale, id_, _body(kind, "new"))
        assert str(refused.value.message) == f"Constrained to 99, but current revision is {first}"
    with pytest.raises(Outdated):
        await service.delete(stale, id_)
    now = (await service.show(USER, id_))["revision_number"]
    assert now == first
    if kind.member != "security_group_rule":
        changed = await service.update(seen(USER, kind, id_, now), id_, _body(kind, "new"))
        now = changed["revision_number"]
        assert now == first + 1
    await service.delete(seen(USER, kind, id_, now), id_)
    with pytest.raises(NotFound):
        await service.show(USER, id_)


@pytest.mark.parametrize("kind", OTHERS)
async def test_what_has_no_revision_has_none_to_be_held_to(world: World, kind: Kind) -> None:
    made = await MAKERS[kind.collection](world)
    service, id_ = _service(world, kind), made["id"]
    assert not {"revision_number", "created_at", "updated_at"} & made.keys()
    body = {"target_tenant": "p3"} if kind.member == "rbac_policy" else {"name": "new"}
    for change in (
        lambda caller: service.update(caller, id_, body),
        lambda caller: service.delete(caller, id_),
    ):
        with pytest.raises(BadRequest) as refused:
            await change(seen(USER, kind, id_, 1))
        assert refused.value.message == (
            f"Bad {kind.collection} request: Revision matching not supported for this resource."
        )
    assert await service.show(USER, id_) == made


@pytest.mark.parametrize("kind", STANDARD)
async def test_of_two_who_have_seen_the_same_one_changes_it(world: World, kind: Kind) -> None:
    made = await MAKERS[kind.collection](world)
    service, id_ = _service(world, kind), made["id"]
    caller = seen(USER, kind, id_, made["revision_number"])

    async def change(number: int) -> bool:
        try:
            if kind.member == "security_group_rule":
                await service.delete(caller, id_)
            else:
                await service.update(caller, id_, _body(kind, f"new {number}"))
        except (NotFound, Outdated):
            return False
        return True

    assert sum(await asyncio.gather(*map(change, range(4)))) == 1


async def test_a_stranger_is_refused_before_he_is_held_to_anything(world: World) -> None:
    kind = NETWORK[0]
    hidden = await world.network()
    shared = await world.network(ADMIN, shared=True)
    for network, refusal in ((hidden, NotFound), (shared, Forbidden)):
        caller = seen(STRANGER, kind, network["id"], 99)
        with pytest.raises(refusal):
            await world.networks.update(caller, network["id"], {"name": "new"})


async def test_what_is_held_with_it_may_have_any_revision(world: World) -> None:
    """The condition is of the object in the path: not of its network, its port or its router."""
    outside, _ = await world.external()
    network = await world.network()
    subnet = await world.subnet(network)
    router = await world.routers.create(
        ADMIN, {"project_id": "p1", "external_gateway_info": {"network_id": outside["id"]}}
    )
    of_router = Condition("routers", router["id"], 2)
    await world.interfaces.add(USER.provided(of_router), router["id"], {"subnet_id": subnet["id"]})
    port = await world.server_port(network, await _pod(world))
    floating = await world.floatingips.create(USER, {"floating_network_id": outside["id"]})
    caller = USER.provided(Condition("floatingips", floating["id"], 0))
    led = await world.floatingips.update(caller, floating["id"], {"port_id": port["id"]})
    assert led["revision_number"] == 1


async def _pod(world: World) -> Any:
    return (await world.pods.all())[0]


async def test_tags_are_held_to_a_revision_as_well(world: World) -> None:
    kind, made = NETWORK[0], await world.network()
    tags, stale = Tags(world.networks), seen(USER, kind, made["id"], 7)
    for change in (
        tags.replace(stale, made["id"], ["a"]),
        tags.add(stale, made["id"], ["a"]),
        tags.remove(stale, made["id"], "a"),
    ):
        with pytest.raises(Outdated):
            await change
    await tags.add(seen(USER, kind, made["id"], 1), made["id"], ["a"])
    await tags.remove(seen(USER, kind, made["id"], 2), made["id"], "a")


@pytest.mark.parametrize("kind", [p for p in STANDARD if "tags" in p.values[0].by_name])
async def test_tags_raise_the_revision_where_they_differ(world: World, kind: Kind) -> None:
    made = await MAKERS[kind.collection](world)
    service = _service(world, kind)
    tags, first = Tags(service), made["revision_number"]
    for wanted, raised in ((["a", "b"], 1), (["b", "a"], 1), (["a"], 2), ([], 3), ([], 3)):
        await tags.replace(USER, made["id"], wanted)
        assert (await service.show(USER, made["id"]))["revision_number"] == first + raised


async def _raised(world: World, noun: str, id_: str, change: Awaitable[Any]) -> int:
    """How many revisions a change adds to an object."""
    service = world.collection(noun)
    before = (await service.show(ADMIN, id_))["revision_number"]
    await change
    return int((await service.show(ADMIN, id_))["revision_number"] - before)


async def test_a_network_has_its_subnets_revisions(world: World) -> None:
    network = await world.network()

    async def raised(change: Awaitable[Any]) -> int:
        return await _raised(world, "networks", network["id"], change)

    def changed(**body: Any) -> Awaitable[Any]:
        return world.subnets.update(USER, subnet["id"], body)

    assert await raised(world.subnet(network)) == 1
    subnet = (await world.subnets.list(USER, [])).items[0]
    assert await raised(changed(name="new")) == 1
    assert await raised(changed(name="new")) == 0
    assert await raised(changed(enable_dhcp=False)) == 1
    assert await raised(changed(gateway_ip=None, description="new")) == 1
    assert await raised(changed(description="another")) == 0
    assert await raised(changed(dns_nameservers=["10.0.0.3"])) == 0
    assert await raised(Tags(world.subnets).replace(USER, subnet["id"], ["a"])) == 0
    assert await raised(world.ports.create(USER, {"network_id": network["id"]})) == 0
    port = (await world.ports.list(USER, [])).items[0]
    await world.ports.delete(USER, port["id"])
    assert await raised(world.subnets.delete(USER, subnet["id"])) == 1


async def test_a_network_has_its_policies_revisions(world: World) -> None:
    network = await world.network()

    async def raised(change: Awaitable[Any]) -> int:
        return await _raised(world, "networks", network["id"], change)

    body = {"object_type": "network", "object_id": network["id"], "action": "access_as_shared"}
    assert await raised(world.policies.create(USER, body | {"target_tenant": "p2"})) == 1
    policy = (await world.policies.list(USER, [])).items[0]
    again = {"target_tenant": "p3"}
    assert await raised(world.policies.update(USER, policy["id"], again)) == 1
    assert await raised(world.policies.update(USER, policy["id"], again)) == 0
    assert await raised(world.policies.delete(USER, policy["id"])) == 1


async def test_what_a_subnet_has_beside_itself_is_no_revision_of_it(world: World) -> None:
    subnet = await world.subnet(await world.network())

    async def raised(**body: Any) -> int:
        change = world.subnets.update(USER, subnet["id"], body)
        return await _raised(world, "subnets", subnet["id"], change)

    assert await raised(dns_nameservers=["10.0.0.3"]) == 0
    assert await raised(allocation_pools=[{"start": "10.0.0.9", "end": "10.0.0.99"}]) == 0
    assert await raised(host_routes=[{"destination": "10.1.0.0/24", "nexthop": "10.0.0.9"}]) == 0
    assert (await world.subnets.show(USER, subnet["id"]))["dns_nameservers"] == ["10.0.0.3"]
    assert await raised(dns_nameservers=[], description="new") == 1
    assert await raised(service_types=["compute:nova"]) == 1


async def test_a_router_has_its_interfaces_gateways_and_routes_revisions(world: World) -> None:
    outside, _ = await world.external()
    network = await world.network()
    subnet = await world.subnet(network)
    router = await world.routers.create(USER, {"name": "router"})
    id_ = router["id"]

    async def raised(change: Awaitable[Any]) -> int:
        return await _raised(world, "routers", id_, change)

    def changed(**body: Any) -> Awaitable[Any]:
        return world.routers.update(ADMIN, id_, body)

    def gateway(**info: Any) -> Awaitable[Any]:
        return changed(external_gateway_info={"network_id": outside["id"], **info})

    route = {"destination": "10.1.0.0/24", "nexthop": "10.0.0.9"}
    assert await raised(world.interfaces.add(USER, id_, {"subnet_id": subnet["id"]})) == 1
    assert await raised(gateway()) == 1
    assert await raised(gateway()) == 0
    assert await raised(gateway(enable_snat=False)) == 1
    moved = [{"ip_address": "203.0.113.77"}]
    assert await raised(gateway(enable_snat=False, external_fixed_ips=moved)) == 0
    assert await raised(changed(routes=[route])) == 1
    assert await raised(changed(routes=[route])) == 0
    assert await raised(world.routers.remove_routes(USER, id_, [route])) == 1
    assert await raised(world.routers.remove_routes(USER, id_, [route])) == 0
    assert await raised(world.routers.add_routes(USER, id_, [route])) == 1
    assert await raised(changed(routes=[])) == 1
    assert await raised(changed(external_gateway_info={})) >= 1
    assert await raised(changed(external_gateway_info={})) == 0
    assert await raised(world.interfaces.remove(USER, id_, {"subnet_id": subnet["id"]})) == 1


async def test_a_router_made_with_its_gateway_is_a_revision_further(world: World) -> None:
    outside, _ = await world.external()
    info = {"external_gateway_info": {"network_id": outside["id"]}}
    assert (await world.routers.create(USER, info))["revision_number"] == 2


async def test_a_group_has_its_rules_revisions(world: World) -> None:
    group = await _group(world)
    admitted = await world.groups.create(USER, {"name": "admitted"})

    async def raised(change: Awaitable[Any]) -> int:
        return await _raised(world, "security-groups", group["id"], change)

    def rule(**given: Any) -> Row:
        return {"security_group_id": group["id"], "direction": "ingress", **given}

    made = world.rules.create(USER, rule(protocol="tcp"))
    assert await raised(made) == 1
    several = [rule(protocol="udp"), rule(remote_group_id=admitted["id"])]
    assert await raised(world.rules.create_all(USER, several)) == 1
    one = (await world.rules.list(USER, [("protocol", "tcp")])).items[0]
    assert await raised(world.rules.delete(USER, one["id"])) == 1
    # The rules that admit it go with it.
    assert await raised(world.groups.delete(USER, admitted["id"])) == 1


async def test_a_port_has_the_revisions_of_what_it_has(world: World) -> None:
    network = await world.network()
    await world.subnet(network)
    port = await world.ports.create(USER, {"network_id": network["id"]})
    group = await _group(world)

    async def raised(**body: Any) -> int:
        change = world.ports.update(USER, port["id"], body)
        return await _raised(world, "ports", port["id"], change)

    pairs = [{"ip_address": "10.0.0.77"}]
    assert await raised(security_groups=[group["id"]]) == 1
    assert await raised(security_groups=[group["id"]]) == 0
    assert await raised(fixed_ips=[{"ip_address": "10.0.0.50"}]) == 1
    assert await raised(fixed_ips=[{"ip_address": "10.0.0.50"}]) == 0
    assert await raised(allowed_address_pairs=[]) == 0
    assert await raised(allowed_address_pairs=pairs) == 1
    # Neutron writes these anew.
    assert await raised(allowed_address_pairs=pairs) == 1
    assert await raised(name="new", device_id="it", fixed_ips=[]) == 1
    assert await raised() == 0


async def test_a_port_that_becomes_an_interface_has_changed(world: World) -> None:
    network = await world.network()
    subnet = await world.subnet(network)
    wish = [{"subnet_id": subnet["id"]}]
    port = await world.ports.create(USER, {"network_id": network["id"], "fixed_ips": wish})
    router = await world.routers.create(USER, {})
    change = world.interfaces.add(USER, router["id"], {"port_id": port["id"]})
    assert await _raised(world, "ports", port["id"], change) == 1


async def test_every_update_of_a_floating_ip_or_a_pool_is_a_revision(world: World) -> None:
    floating, pool = await _floatingip(world), await _pool(world)
    for body in ({}, {"description": ""}, {"port_id": None}, {"description": "new"}):
        change = world.floatingips.update(USER, floating["id"], body)
        assert await _raised(world, "floatingips", floating["id"], change) == 1
    for body in ({}, {"name": "pool"}, {"prefixes": ["10.0.0.0/16"]}, {"default_prefixlen": 26}):
        change = world.pools.update(USER, pool["id"], body)
        assert await _raised(world, "subnetpools", pool["id"], change) == 1


async def test_a_pools_prefixes_are_counted_as_they_come(world: World) -> None:
    pool = await _pool(world)
    for verb, raised in ((world.pools.add_prefixes, 1), (world.pools.remove_prefixes, 0)):
        change = verb(USER, pool["id"], ["10.9.0.0/16"])
        assert await _raised(world, "subnetpools", pool["id"], change) == raised


async def test_a_floating_ip_is_told_of_its_ports_end(world: World) -> None:
    outside, _ = await world.external()
    network = await world.network()
    subnet = await world.subnet(network)
    info = {"external_gateway_info": {"network_id": outside["id"]}}
    router = await world.routers.create(USER, info)
    await world.interfaces.add(USER, router["id"], {"subnet_id": subnet["id"]})
    port = await world.ports.create(USER, {"network_id": network["id"]})
    floating = await world.floatingips.create(USER, {"floating_network_id": outside["id"]})

    async def raised(change: Awaitable[Any]) -> int:
        return await _raised(world, "floatingips", floating["id"], change)

    def led(port_id: str | None) -> Awaitable[Any]:
        return world.floatingips.update(USER, floating["id"], {"port_id": port_id})

    assert await raised(led(port["id"])) == 1
    assert await raised(led(port["id"])) == 1
    assert await raised(led(None)) == 1
    assert await raised(led(port["id"])) == 1
    assert await raised(world.ports.delete(USER, port["id"])) == 1


async def test_an_address_group_has_its_addresses_revisions(world: World) -> None:
    body = {"name": "group", "addresses": ["10.0.0.0/24"]}
    group = await world.address_groups.create(USER, body)
    assert group["revision_number"] == 1
    for verb in (world.address_groups.add, world.address_groups.remove):
        change = verb(USER, group["id"], ["10.1.0.0/24"])
        assert await _raised(world, "address-groups", group["id"], change) == 1


async def test_a_policy_is_a_revision_of_networks_only(world: World) -> None:
    for noun, type_, make in (
        ("security-groups", "security_group", _group),
        ("subnetpools", "subnetpool", _pool),
        ("address-groups", "address_group", _address_group),
    ):
        made = await make(world)
        body = {"object_type": type_, "object_id": made["id"], "action": "access_as_shared"}
        change = world.policies.create(USER, body | {"target_tenant": "p2"})
        assert await _raised(world, noun, made["id"], change) == 0
