"""Routers: their interfaces and gateways, and what they should be in every pod."""

from __future__ import annotations

from typing import Any

import pytest

from models.database.store import Row
from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound
from models.network.routers import diff
from models.network.routers.plan import Plan
from models.settings import Settings
from tests.unit.network.world import ADMIN, EAST, STRANGER, USER, WEST, World


async def _router(world: World, *subnets: Row, **given: Any) -> Row:
    router = await world.routers.create(USER, {"name": "r", **given})
    for subnet in subnets:
        await world.interfaces.add(USER, router["id"], {"subnet_id": subnet["id"]})
    return router


def _done(router_id: str, plan: Plan) -> diff.Have:
    """Return the routings of a copy that is just what its plan says."""
    at = {"addresses": [], "attached": True}
    have: diff.Have = {}
    gateway = diff.gateway_applied(plan.gateway)
    have["router", router_id] = {"bottom_id": "r", "applied": {"gateway": gateway}}
    for one in plan.interfaces:
        have["router_interface", one.port["id"]] = {"bottom_id": "i", "applied": diff.held(one)}
    for link in diff.links(plan):
        have["bridge_port", link.address["id"]] = {"bottom_id": "b", "applied": at}
    for bridge_id in diff.north_south(plan):
        have["bridge_network", bridge_id] = {"bottom_id": "n", "applied": None}
    for floating in plan.floating:
        key = floating.row["id"]
        have["floatingip", key] = {"bottom_id": "f", "applied": floating.spec}
        if floating.role == "public":
            have["carrier_port", key] = {"bottom_id": "c", "applied": None}
    return have


async def test_a_router_is_only_where_its_subnets_are(world: World) -> None:
    _, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    router = await _router(world, subnet)
    desired = await world.topology.desired(router["id"])
    assert list(desired.plans) == [EAST.pod_id]
    plan = desired.plan(EAST.pod_id)
    assert [one.by_subnet for one in plan.interfaces] == [True]
    assert (plan.east_west, plan.gateway, plan.routes) == (None, None, [])
    assert desired.plan(WEST.pod_id) == Plan()
    assert (await world.topology.desired("nothing")).router is None


async def test_pods_are_joined_by_a_bridge_and_routes(world: World) -> None:
    _, east = await world.in_pod(EAST, "10.0.0.0/24")
    _, west = await world.in_pod(WEST, "10.0.1.0/24")
    router = await _router(world, east, west)
    desired = await world.topology.desired(router["id"], whole=True)
    links = {pod: plan.east_west for pod, plan in desired.plans.items()}
    assert None not in links.values()
    there = {pod: link.address["ip_address"] for pod, link in links.items() if link}
    assert desired.plan(EAST.pod_id).routes == [
        {"destination": "10.0.1.0/24", "nexthop": there[WEST.pod_id]}
    ]
    assert desired.plan(WEST.pod_id).routes == [
        {"destination": "10.0.0.0/24", "nexthop": there[EAST.pod_id]}
    ]
    again = await world.topology.desired(router["id"])
    assert {p: plan.east_west and plan.east_west.address for p, plan in again.plans.items()} == {
        p: link and link.address for p, link in links.items()
    }


async def test_extra_routes_are_known_in_every_pod(world: World) -> None:
    _, east = await world.in_pod(EAST, "10.0.0.0/24")
    _, west = await world.in_pod(WEST, "10.0.1.0/24")
    router = await _router(world, east, west)
    route = {"destination": "172.16.0.0/16", "nexthop": "10.0.0.9"}
    shown = await world.routers.add_routes(USER, router["id"], [route])
    assert route in shown["routes"]
    desired = await world.topology.desired(router["id"])
    crossing = desired.plan(EAST.pod_id).east_west
    assert crossing is not None
    assert route in desired.plan(EAST.pod_id).routes
    across = {"destination": "172.16.0.0/16", "nexthop": crossing.address["ip_address"]}
    assert across in desired.plan(WEST.pod_id).routes
    with pytest.raises(Conflict) as refused:
        await world.interfaces.remove(USER, router["id"], {"subnet_id": east["id"]})
    assert refused.value.kind == "RouterInterfaceInUseByRoute"
    assert (await world.routers.remove_routes(USER, router["id"], [route]))["routes"] == []


@pytest.mark.parametrize(
    ("routes", "kind"),
    [
        ([{"destination": "172.16.0.0/16", "nexthop": "10.9.0.9"}], "InvalidRoutes"),
        ([{"destination": "172.16.0.0/16", "nexthop": "10.0.0.1"}], "InvalidRoutes"),
        ([{"destination": "x", "nexthop": "10.0.0.9"}], None),
        ([{"nexthop": "10.0.0.9"}], None),
        (
            [{"destination": f"172.{n}.0.0/16", "nexthop": "10.0.0.9"} for n in range(31)],
            "RoutesExhausted",
        ),
    ],
)
async def test_routes_that_cannot_be(
    world: World, routes: list[dict[str, str]], kind: str | None
) -> None:
    _, east = await world.in_pod(EAST, "10.0.0.0/24")
    router = await _router(world, east)
    with pytest.raises(GatewayError) as refused:
        await world.routers.update(USER, router["id"], {"routes": routes})
    assert kind is None or refused.value.kind == kind


async def test_a_gateway_elsewhere_is_reached_by_a_bridge(world: World) -> None:
    outside, _ = await world.external(EAST)
    _, west = await world.in_pod(WEST, "10.0.1.0/24")
    router = await _router(world, west, external_gateway_info={"network_id": outside["id"]})
    desired = await world.topology.desired(router["id"], whole=True)
    near, far = desired.plan(EAST.pod_id), desired.plan(WEST.pod_id)
    assert near.gateway is not None
    assert near.gateway.network_id == outside["id"]
    assert near.north_south is not None
    assert far.gateway is not None
    assert far.gateway.bridge is not None
    assert far.gateway.bridge.bridge["id"] == near.north_south.bridge["id"]


async def test_a_copy_like_its_plan_differs_no_more(world: World) -> None:
    outside, _ = await world.external(EAST)
    network, west = await world.in_pod(WEST, "10.0.1.0/24")
    router = await _router(world, west, external_gateway_info={"network_id": outside["id"]})
    port = await world.server_port(network, WEST)
    body = {"floating_network_id": outside["id"], "port_id": port["id"]}
    floating = await world.floatingips.create(USER, body)
    desired = await world.topology.desired(router["id"], whole=True)
    roles = {pod: [one.role for one in plan.floating] for pod, plan in desired.plans.items()}
    assert roles == {EAST.pod_id: ["public"], WEST.pod_id: ["inner"]}
    for plan in desired.plans.values():
        have = _done(router["id"], plan)
        assert not diff.differs(router["id"], plan, have)
        assert diff.joined(plan, have)
        for key in have:
            less = {k: v for k, v in have.items() if k != key}
            assert diff.differs(router["id"], plan, less)
            assert diff.differs(router["id"], plan, have | {key: {**have[key], "bottom_id": None}})
        key = ("floatingip", floating["id"])
        moved = have | {key: {**have[key], "applied": {"role": "plain"}}}
        assert diff.differs(router["id"], plan, moved)
        ungated = have | {("router", router["id"]): {"bottom_id": "r", "applied": {}}}
        assert diff.differs(router["id"], plan, ungated)
        assert not diff.joined(plan, {})
        assert diff.differs(router["id"], Plan(), have)


async def test_a_floating_ip_beside_its_gateway_is_plain(world: World) -> None:
    outside, _ = await world.external(EAST)
    network, east = await world.in_pod(EAST, "10.0.0.0/24")
    router = await _router(world, east, external_gateway_info={"network_id": outside["id"]})
    port = await world.server_port(network, EAST)
    await world.floatingips.create(
        USER, {"floating_network_id": outside["id"], "port_id": port["id"]}
    )
    plan = (await world.topology.desired(router["id"])).plan(EAST.pod_id)
    assert [one.role for one in plan.floating] == ["plain"]
    assert plan.floating[0].spec["port"] == port["id"]


async def test_what_was_allocated_is_given_back(world: World) -> None:
    _, east = await world.in_pod(EAST, "10.0.0.0/24")
    _, west = await world.in_pod(WEST, "10.0.1.0/24")
    router = await _router(world, east, west)
    await world.topology.desired(router["id"], whole=True)
    await world.interfaces.remove(USER, router["id"], {"subnet_id": west["id"]})
    async with world.store.write() as tx:
        await world.leftovers.release(tx, router["id"])
    desired = await world.topology.desired(router["id"])
    assert desired.plan(EAST.pod_id).east_west is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subnet_id": "x"},
        {"subnet_id": "00000000-0000-4000-8000-000000000000"},
        {"port_id": "00000000-0000-4000-8000-000000000000"},
        {
            "port_id": "00000000-0000-4000-8000-000000000000",
            "subnet_id": "00000000-0000-4000-8000-000000000000",
        },
    ],
)
async def test_interfaces_that_cannot_be(world: World, body: dict[str, str]) -> None:
    router = await _router(world)
    for call in (world.interfaces.add, world.interfaces.remove):
        with pytest.raises(GatewayError):
            await call(USER, router["id"], body)
    assert await world.jobs() == []


async def test_subnets_of_a_router_do_not_overlap(world: World) -> None:
    network, one = await world.in_pod(EAST, "10.0.0.0/24")
    _, other = await world.in_pod(WEST, "10.0.0.128/25")
    bare = await world.subnet(network, "10.7.0.0/24", gateway_ip=None)
    router = await _router(world, one)
    for subnet in (one, other, bare):
        with pytest.raises(BadRequest):
            await world.interfaces.add(USER, router["id"], {"subnet_id": subnet["id"]})


async def test_a_port_becomes_an_interface(world: World) -> None:
    network, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    port = await world.ports.create(USER, {"network_id": network["id"]})
    router = await _router(world)
    added = await world.interfaces.add(USER, router["id"], {"port_id": port["id"]})
    assert (added["port_id"], added["subnet_id"]) == (port["id"], subnet["id"])
    with pytest.raises(Conflict):
        await world.interfaces.add(USER, router["id"], {"port_id": port["id"]})
    with pytest.raises(Conflict) as refused:
        await world.routers.delete(USER, router["id"])
    assert refused.value.kind == "RouterInUse"
    wrong = {"port_id": port["id"], "subnet_id": router["id"]}
    with pytest.raises(BadRequest):
        await world.interfaces.remove(USER, router["id"], wrong)
    await world.interfaces.remove(USER, router["id"], {"port_id": port["id"]})
    with pytest.raises(NotFound):
        await world.interfaces.remove(USER, router["id"], {"port_id": port["id"]})
    with pytest.raises(NotFound):
        await world.interfaces.remove(USER, router["id"], {"subnet_id": subnet["id"]})
    empty = await world.ports.create(USER, {"network_id": network["id"], "fixed_ips": []})
    with pytest.raises(BadRequest):
        await world.interfaces.add(USER, router["id"], {"port_id": empty["id"]})
    await world.routers.delete(USER, router["id"])


async def test_a_strangers_subnet_is_added_where_it_was_given(world: World) -> None:
    network, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    await world.networks.update(ADMIN, network["id"], {"shared": True})
    router = await world.routers.create(STRANGER, {"name": "r"})
    with pytest.raises(BadRequest):
        await world.interfaces.add(STRANGER, router["id"], {"subnet_id": subnet["id"]})
    policy = {"object_type": "network", "object_id": network["id"], "target_tenant": "p2"}
    await world.policies.create(USER, {**policy, "action": "access_as_shared"})
    added = await world.interfaces.add(STRANGER, router["id"], {"subnet_id": subnet["id"]})
    assert added["subnet_id"] == subnet["id"]


async def test_a_gateway_is_set_changed_and_cleared(world: World) -> None:
    outside, subnet = await world.external(EAST)
    other, _ = await world.external(WEST, "198.51.100.0/24")
    router = await _router(world)
    id_, here = router["id"], {"network_id": outside["id"]}

    async def gateway(caller: Any, info: Any) -> Any:
        return (await world.routers.update(caller, id_, {"external_gateway_info": info}))[
            "external_gateway_info"
        ]

    assert (await gateway(USER, here))["network_id"] == outside["id"]
    assert (await gateway(USER, here))["enable_snat"] is True
    assert (await gateway(ADMIN, {**here, "enable_snat": False}))["enable_snat"] is False
    fixed = [{"subnet_id": subnet["id"], "ip_address": "203.0.113.77"}]
    assert (await gateway(ADMIN, {**here, "external_fixed_ips": fixed}))[
        "external_fixed_ips"
    ] == fixed
    assert (await gateway(USER, {"network_id": other["id"]}))["network_id"] == other["id"]
    for wrong in ({"network_id": id_}, {"network_id": "x"}, {**here, "red": 1}):
        with pytest.raises(GatewayError):
            await gateway(USER, wrong)
    with pytest.raises(Forbidden):
        await gateway(USER, {**here, "enable_snat": False})
    assert await gateway(USER, None) is None
    assert await gateway(USER, {}) is None
    inside = await world.network()
    for wrong in ({"network_id": inside["id"]}, {"enable_snat": True}):
        with pytest.raises(BadRequest):
            await gateway(ADMIN, wrong)


async def test_a_router_changes_and_its_copies_follow(world: World) -> None:
    router = await _router(world)
    await world.routers.update(USER, router["id"], {"name": "early"})
    await world.copied("router", router["id"], EAST, owner_id=router["id"])
    await world.routers.update(USER, router["id"], {"name": "late"})
    await world.routers.delete(USER, router["id"])
    assert await world.jobs() == [
        ("update-copies", router["id"]),
        ("clean-up", router["id"]),
    ]


async def test_a_pool_of_bridges_is_used_up(world: World) -> None:
    small = World(world.store, Settings(bridge_vlans="2001:2001"))
    _, east = await small.in_pod(EAST, "10.0.0.0/24")
    _, west = await small.in_pod(WEST, "10.0.1.0/24")
    await _router(small, east, west)
    outside, _ = await small.external(EAST)
    lonely = await _router(small, external_gateway_info={"network_id": outside["id"]})
    _, third = await small.in_pod(WEST, "10.0.3.0/24")
    with pytest.raises(GatewayError) as refused:
        await small.interfaces.add(USER, lonely["id"], {"subnet_id": third["id"]})
    assert refused.value.kind == "OverQuota"
    await small.settle()
