"""Networks: where they lie, who sees them, and what keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound, PodBusy
from tests.unit.network.world import ADMIN, EAST, STRANGER, USER, WEST, World


async def test_a_network_lies_nowhere_until_something_needs_it(world: World) -> None:
    made = await world.network()
    assert (made["availability_zones"], made["mtu"], made["subnets"]) == ([], 1442, [])
    assert (await world.row("networks", made["id"]) or {})["pod_id"] is None


@pytest.mark.parametrize(("hint", "zone"), [("pod-3", "az-1"), ("az-2", "az-2")])
async def test_a_hint_binds_a_network(world: World, hint: str, zone: str) -> None:
    made = await world.network(availability_zone_hints=[hint])
    assert made["availability_zones"] == [zone]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"availability_zone_hints": ["nowhere"]}, "AvailabilityZoneNotFound"),
        ({"mtu": 9000}, "InvalidInput"),
        ({"mtu": "x"}, "InvalidInput"),
        ({"router:external": True}, "PolicyNotAuthorized"),
        ({"provider:network_type": "vlan"}, "PolicyNotAuthorized"),
        ({"subnets": []}, "HTTPBadRequest"),
        ({"name": 3}, "HTTPBadRequest"),
        ({"admin_state_up": "perhaps"}, "InvalidInput"),
    ],
)
async def test_networks_that_cannot_be(world: World, given: dict[str, Any], kind: str) -> None:
    with pytest.raises(GatewayError) as refused:
        await world.network(**given)
    assert refused.value.kind == kind
    assert (await world.networks.list(ADMIN, [])).items == []


async def test_an_external_network_is_made_in_its_pod_at_once(world: World) -> None:
    network, subnet = await world.external(WEST)
    assert network["availability_zones"] == ["az-2"]
    assert (await world.networks.show(STRANGER, network["id"]))["subnets"] == [subnet["id"]]
    assert (await world.subnets.show(STRANGER, subnet["id"]))["router:external"] is True


async def test_what_the_pod_refuses_is_not_there(world: World) -> None:
    world.copies.refusal = Conflict("no such physical network")
    with pytest.raises(Conflict):
        await world.external()
    assert (await world.networks.list(ADMIN, [])).items == []


async def test_a_pod_in_which_the_last_one_is_in_the_way_is_told_later(world: World) -> None:
    world.copies.refusal = PodBusy("it goes")
    made = await world.network(
        ADMIN, **{"router:external": True, "availability_zone_hints": ["pod-1"]}
    )
    assert await world.jobs() == [("update-copies", made["id"])]


async def test_there_is_one_default_external_network(world: World) -> None:
    body = {"router:external": True, "is_default": True, "availability_zone_hints": ["pod-1"]}
    await world.network(ADMIN, **body)
    with pytest.raises(Conflict) as refused:
        await world.network(ADMIN, **body)
    assert refused.value.kind == "DefaultExternalNetworkExists"


async def test_a_network_becomes_external_and_back(world: World) -> None:
    made = await world.network(ADMIN)
    outside = await world.networks.update(ADMIN, made["id"], {"router:external": True})
    assert (outside["router:external"], outside["availability_zones"]) == (True, ["az-1"])
    inside = await world.networks.update(ADMIN, made["id"], {"router:external": False})
    assert inside["router:external"] is False


async def test_a_network_that_no_pod_takes_outside_stays_inside(world: World) -> None:
    made = await world.network(ADMIN)
    world.copies.refusal = Conflict("no")
    with pytest.raises(Conflict):
        await world.networks.update(ADMIN, made["id"], {"router:external": True})
    assert (await world.networks.show(ADMIN, made["id"]))["router:external"] is False


async def test_a_network_with_gateways_stays_external(world: World) -> None:
    network, _ = await world.external()
    await world.floatingips.create(USER, {"floating_network_id": network["id"]})
    await world.routers.create(
        USER, {"external_gateway_info": {"network_id": network["id"]}, "name": "r"}
    )
    with pytest.raises(Conflict) as refused:
        await world.networks.update(ADMIN, network["id"], {"router:external": False})
    assert refused.value.kind == "ExternalNetworkInUse"


async def test_a_change_reaches_the_copy(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    await world.networks.update(USER, network["id"], {"name": "early"})
    await world.copied("network", network["id"], EAST)
    await world.networks.update(USER, network["id"], {"name": "late"})
    await world.networks.update(USER, network["id"], {"name": "late"})
    assert await world.jobs() == [("update-copies", network["id"])]


async def test_a_shared_network_stays_shared_while_others_use_it(world: World) -> None:
    network = await world.network(ADMIN, shared=True)
    await world.ports.create(STRANGER, {"network_id": network["id"]})
    with pytest.raises(Conflict) as refused:
        await world.networks.update(ADMIN, network["id"], {"shared": False})
    assert refused.value.kind == "InvalidSharedSetting"
    with pytest.raises(Forbidden):
        await world.networks.update(STRANGER, network["id"], {"name": "mine"})


async def test_a_network_with_ports_stays(world: World) -> None:
    network, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    port = await world.ports.create(USER, {"network_id": network["id"]})
    with pytest.raises(Conflict) as refused:
        await world.networks.delete(USER, network["id"])
    assert refused.value.kind == "NetworkInUse"
    await world.ports.delete(USER, port["id"])
    await world.copied("network", network["id"], EAST)
    await world.networks.delete(USER, network["id"])
    for call in (
        world.networks.show(USER, network["id"]),
        world.subnets.show(USER, subnet["id"]),
        world.ports.show(USER, port["id"]),
    ):
        with pytest.raises(NotFound):
            await call
    assert await world.jobs() == [("clean-up", network["id"])]


async def test_networks_are_found_by_their_mtu(world: World) -> None:
    small = await world.network(mtu=1300)
    usual = await world.network()
    for size, found in (("1300", small), ("1442", usual)):
        items = (await world.networks.list(USER, [("mtu", size)])).items
        assert [item["id"] for item in items] == [found["id"]]
    with pytest.raises(BadRequest):
        await world.networks.list(USER, [("mtu", "big")])


async def test_addresses_are_counted(world: World) -> None:
    network, subnet = await world.in_pod(EAST, "10.0.0.0/29")
    await world.ports.create(USER, {"network_id": network["id"]})
    shown = await world.availabilities.show(network["id"])
    assert (shown["total_ips"], shown["used_ips"]) == (5, 1)
    assert [one["subnet_id"] for one in shown["subnet_ip_availability"]] == [subnet["id"]]
    listed = await world.availabilities.list([("network_id", network["id"])])
    assert [one["network_id"] for one in listed] == [network["id"]]
    with pytest.raises(NotFound):
        await world.availabilities.show("nothing")


async def test_a_project_gets_a_network_made_for_it(world: World) -> None:
    with pytest.raises(Conflict):
        await world.topologies.check("p1")
    body = {"router:external": True, "is_default": True, "availability_zone_hints": ["pod-1"]}
    outside = await world.network(ADMIN, **body)
    await world.subnet(outside, "203.0.113.0/24", caller=ADMIN)
    with pytest.raises(Conflict):
        await world.topologies.check("p1")
    pool = {"name": "p", "prefixes": ["10.0.0.0/16"], "is_default": True, "shared": True}
    await world.pools.create(ADMIN, {**pool, "default_prefixlen": 24})
    assert (await world.topologies.check("p1"))["id"] == "dry-run=pass"
    made = await world.topologies.get(USER, "p1")
    assert made == await world.topologies.get(USER, "p1")
    shown = await world.networks.show(USER, made["id"])
    assert len(shown["subnets"]) == 1
    await world.topologies.delete(USER, "p1")
    assert (await world.networks.list(USER, [("project_id", "p1")])).items == []
