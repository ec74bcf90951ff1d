"""Policies: networks that are external for one project or all, and what sharing shows in lists."""

from __future__ import annotations

from typing import Any

import pytest

from models.database.store import Row
from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound
from tests.unit.network.world import ADMIN, EAST, STRANGER, USER, World

EXTERNAL, SHARED = "access_as_external", "access_as_shared"


async def _give(world: World, network: Row, target: str, action: str = EXTERNAL) -> Row:
    body = {"object_type": "network", "object_id": network["id"], "action": action}
    return await world.policies.create(ADMIN, {**body, "target_tenant": target})


async def _policies(world: World, network: Row) -> set[tuple[str, str]]:
    found = (await world.policies.list(ADMIN, [("object_id", network["id"])])).items
    return {(one["action"], one["target_tenant"]) for one in found}


async def _external(world: World, network: Row) -> bool:
    shown = await world.networks.show(ADMIN, network["id"])
    return bool(shown["router:external"])


async def test_the_attribute_stands_for_a_policy_for_all(world: World) -> None:
    body = {"router:external": True, "shared": True, "availability_zone_hints": [EAST.pod_name]}
    network = await world.network(ADMIN, **body)
    assert await _policies(world, network) == {(EXTERNAL, "*"), (SHARED, "*")}
    inside = {"router:external": False, "shared": False}
    await world.networks.update(ADMIN, network["id"], inside)
    assert await _policies(world, network) == set()
    await world.networks.update(ADMIN, network["id"], {"router:external": True})
    assert await _policies(world, network) == {(EXTERNAL, "*")}
    await world.networks.delete(ADMIN, network["id"])
    assert await _policies(world, network) == set()


async def test_the_policy_makes_a_network_external_and_its_end_internal(world: World) -> None:
    network = await world.network(ADMIN)
    for_one = await _give(world, network, STRANGER.project_id)
    for_all = await _give(world, network, "*")
    assert await _external(world, network)
    await world.policies.delete(ADMIN, for_all["id"])
    assert await _external(world, network)
    await world.networks.show(STRANGER, network["id"])
    with pytest.raises(NotFound):
        await world.networks.show(USER, network["id"])
    await world.policies.delete(ADMIN, for_one["id"])
    assert not await _external(world, network)


async def test_a_member_leads_another_project_outside_by_his_network(world: World) -> None:
    network = await world.network()
    body = {"object_type": "network", "object_id": network["id"], "action": EXTERNAL}
    with pytest.raises(Forbidden):
        await world.policies.create(USER, {**body, "target_tenant": "*"})
    await world.policies.create(USER, {**body, "target_tenant": STRANGER.project_id})
    gateway = {"external_gateway_info": {"network_id": network["id"]}}
    await world.routers.create(STRANGER, gateway)


async def test_what_no_pod_takes_outside_is_given_to_nobody(world: World) -> None:
    network = await world.network(ADMIN)
    world.copies.refusal = Conflict("no")
    with pytest.raises(Conflict):
        await _give(world, network, STRANGER.project_id)
    assert (await _policies(world, network), await _external(world, network)) == (set(), False)


async def test_an_external_network_leads_out_whom_it_is_given_to(world: World) -> None:
    network = await world.network(ADMIN)
    await world.subnet(network, "203.0.113.0/24", caller=ADMIN, enable_dhcp=False)
    await _give(world, network, ADMIN.project_id)
    gateway = {"external_gateway_info": {"network_id": network["id"]}}
    floating = {"floating_network_id": network["id"]}

    async def tried() -> list[Any]:
        found = []
        for making in (
            world.routers.create(STRANGER, gateway),
            world.floatingips.create(STRANGER, floating),
        ):
            try:
                found.append((await making)["project_id"])
            except GatewayError as error:
                found.append(error.kind)
        return found

    assert await tried() == ["NetworkNotFound", "NetworkNotFound"]
    await _give(world, network, STRANGER.project_id)
    assert await tried() == [STRANGER.project_id, STRANGER.project_id]


async def test_what_routers_lead_out_by_is_not_taken_back(world: World) -> None:
    network = await world.network(ADMIN)
    await world.subnet(network, "203.0.113.0/24", caller=ADMIN, enable_dhcp=False)
    for_all = await _give(world, network, "*")
    gateway = {"external_gateway_info": {"network_id": network["id"]}}
    router = await world.routers.create(STRANGER, gateway)
    with pytest.raises(Conflict) as used:
        await world.policies.delete(ADMIN, for_all["id"])
    assert used.value.kind == "RbacPolicyInUse"
    for_one = await _give(world, network, STRANGER.project_id)
    await world.policies.delete(ADMIN, for_all["id"])
    with pytest.raises(Conflict):
        await world.policies.delete(ADMIN, for_one["id"])
    with pytest.raises(Conflict):
        await world.policies.update(ADMIN, for_one["id"], {"target_tenant": USER.project_id})
    for_all = await _give(world, network, "*")
    await world.policies.delete(ADMIN, for_one["id"])
    theirs = {"target_tenant": STRANGER.project_id}
    await world.policies.update(ADMIN, for_all["id"], theirs)
    await world.routers.delete(STRANGER, router["id"])
    await world.policies.delete(ADMIN, for_all["id"])
    assert not await _external(world, network)


async def test_the_default_external_network_is_everyones(world: World) -> None:
    network, _ = await world.external(EAST)
    await world.networks.update(ADMIN, network["id"], {"is_default": True})
    (policy,) = (await world.policies.list(ADMIN, [("object_id", network["id"])])).items
    with pytest.raises(Conflict, match="must be shared to everyone"):
        await world.policies.delete(ADMIN, policy["id"])


async def test_lists_are_filtered_by_what_policies_say(world: World) -> None:
    private, given, everyones = [await world.network(ADMIN) for _ in range(3)]
    ranges = {
        network["id"]: await world.subnet(network, f"10.0.{number}.0/24", caller=ADMIN)
        for number, network in enumerate((private, given, everyones))
    }
    await _give(world, given, USER.project_id, SHARED)
    await _give(world, everyones, "*", SHARED)
    for caller, yes, no in (
        (ADMIN, {everyones["id"]}, {private["id"], given["id"]}),
        (USER, {everyones["id"], given["id"]}, set()),
    ):
        for word, wanted in (("True", yes), ("False", no)):
            nets = (await world.networks.list(caller, [("shared", word)])).items
            assert {one["id"] for one in nets} == wanted
            subs = (await world.subnets.list(caller, [("shared", word)])).items
            assert {one["id"] for one in subs} == {ranges[id_]["id"] for id_ in wanted}
    _, outer = await world.external(EAST)
    found = (await world.subnets.list(USER, [("router:external", "true")])).items
    assert [one["id"] for one in found] == [outer["id"]]
    with pytest.raises(BadRequest):
        await world.subnets.list(USER, [("router:external", "perhaps")])


async def test_a_shared_network_is_so_until_its_policy_goes(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    policy = await _give(world, network, "*", SHARED)
    port = await world.ports.create(STRANGER, {"network_id": network["id"]})
    with pytest.raises(Conflict):
        await world.policies.delete(ADMIN, policy["id"])
    with pytest.raises(Conflict):
        await world.networks.update(ADMIN, network["id"], {"shared": False})
    await _give(world, network, STRANGER.project_id, SHARED)
    unshared = await world.networks.update(ADMIN, network["id"], {"shared": False})
    assert not unshared["shared"]
    assert await _policies(world, network) == {(SHARED, STRANGER.project_id)}
    await world.ports.delete(STRANGER, port["id"])
