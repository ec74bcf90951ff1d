"""Subnets: their addresses, who may make them, and what keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound
from tests.unit.network.world import ADMIN, EAST, STRANGER, USER, World


@pytest.mark.parametrize(
    ("cidr", "gateway", "pools"),
    [
        ("10.0.0.0/24", "10.0.0.1", [{"start": "10.0.0.2", "end": "10.0.0.254"}]),
        ("10.0.0.0/30", "10.0.0.1", [{"start": "10.0.0.2", "end": "10.0.0.2"}]),
        ("fd00::/126", "fd00::", [{"start": "fd00::1", "end": "fd00::3"}]),
    ],
)
async def test_a_subnet_has_the_usual_gateway_and_all_else(
    world: World, cidr: str, gateway: str, pools: list[dict[str, str]]
) -> None:
    made = await world.subnet(await world.network(), cidr)
    assert (made["gateway_ip"], made["allocation_pools"]) == (gateway, pools)


@pytest.mark.parametrize(
    "given",
    [
        {"cidr": "10.0.0.0/24", "ip_version": 6},
        {"cidr": "10.0.0.0/33"},
        {"cidr": "10.0.0.0/24", "gateway_ip": "10.0.0.0"},
        {"gateway_ip": "10.0.0.5", "allocation_pools": [{"start": "10.0.0.2", "end": "10.0.0.9"}]},
        {"allocation_pools": [{"start": "10.0.1.2", "end": "10.0.1.9"}]},
        {"allocation_pools": [{"start": "10.0.0.9", "end": "10.0.0.2"}]},
        {"dns_nameservers": ["nobody"]},
        {"host_routes": [{"destination": "x", "nexthop": "10.0.0.9"}]},
        {"ipv6_ra_mode": "slaac"},
        {"subnetpool_id": "nothing"},
        {"segment_id": "x"},
        {"network_id": "nothing"},
        {"red": 1},
    ],
)
async def test_subnets_that_cannot_be(world: World, given: dict[str, Any]) -> None:
    network = await world.network()
    with pytest.raises(GatewayError):
        await world.subnet(network, **given)
    assert (await world.subnets.list(ADMIN, [])).items == []


async def test_subnets_of_a_network_do_not_overlap(world: World) -> None:
    network = await world.network()
    await world.subnet(network)
    with pytest.raises(BadRequest):
        await world.subnet(network, "10.0.0.128/25")
    assert (await world.subnet(network, "10.0.1.0/24"))["cidr"] == "10.0.1.0/24"


async def test_a_pool_gives_a_prefix(world: World) -> None:
    pool = await world.pools.create(
        USER, {"name": "p", "prefixes": ["10.8.0.0/16"], "default_prefixlen": 24}
    )
    network = await world.network()
    body = {"network_id": network["id"], "ip_version": 4, "subnetpool_id": pool["id"]}
    first = await world.subnets.create(USER, body)
    second = await world.subnets.create(USER, {**body, "prefixlen": 26})
    third = await world.subnets.create(USER, {**body, "cidr": "10.8.9.0/24"})
    cidrs = [one["cidr"] for one in (first, second, third)]
    assert cidrs == ["10.8.0.0/24", "10.8.1.0/26", "10.8.9.0/24"]
    for wrong in ({"prefixlen": 7}, {"cidr": "10.8.9.0/24"}, {"cidr": "10.99.0.0/24"}):
        with pytest.raises(GatewayError):
            await world.subnets.create(USER, {**body, **wrong})
    await world.pools.update(USER, pool["id"], {"default_quota": 1})
    with pytest.raises(Conflict):
        await world.subnets.create(USER, body)
    with pytest.raises(GatewayError):
        await world.pools.delete(USER, pool["id"])


async def test_a_foreign_network_takes_no_subnet(world: World) -> None:
    shared = await world.network(ADMIN, shared=True)
    outside, _ = await world.external()
    for network, cidr in ((shared, "10.0.0.0/24"), (outside, "203.0.114.0/24")):
        with pytest.raises(Forbidden):
            await world.subnet(network, cidr, caller=STRANGER)


async def test_a_subnet_changes_and_its_copy_follows(world: World) -> None:
    network, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    await world.copied("subnet", subnet["id"], EAST)
    pools = [{"start": "10.0.0.100", "end": "10.0.0.120"}]
    changes = {"name": "n", "gateway_ip": "10.0.0.9", "allocation_pools": pools}
    changed = await world.subnets.update(USER, subnet["id"], changes)
    assert {name: changed[name] for name in changes} == changes
    assert await world.jobs() == [("update-copies", subnet["id"])]
    for wrong in ({"cidr": "10.1.0.0/24"}, {"gateway_ip": "10.0.0.110"}, {"ip_version": 6}):
        with pytest.raises(GatewayError):
            await world.subnets.update(USER, subnet["id"], wrong)
    assert network["id"] == changed["network_id"]


async def test_a_router_keeps_the_gateway_of_its_subnet(world: World) -> None:
    _, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    router = await world.routers.create(USER, {"name": "r"})
    await world.interfaces.add(USER, router["id"], {"subnet_id": subnet["id"]})
    with pytest.raises(Conflict):
        await world.subnets.update(USER, subnet["id"], {"gateway_ip": None})
    with pytest.raises(Conflict):
        await world.subnets.delete(USER, subnet["id"])


async def test_a_new_subnet_reaches_the_copy_of_its_network(world: World) -> None:
    network, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    await world.copied("network", network["id"], EAST)
    await world.subnet(network, "10.0.1.0/24")
    assert await world.jobs() == [("update-copies", network["id"])]
    await world.copied("subnet", subnet["id"], EAST)
    await world.subnets.delete(USER, subnet["id"])
    assert (await world.jobs())[-1] == ("clean-up", subnet["id"])
    with pytest.raises(NotFound):
        await world.subnets.show(USER, subnet["id"])


async def test_what_an_external_pod_refuses_is_not_there(world: World) -> None:
    network, _ = await world.external()
    world.copies.refusal = Conflict("no")
    with pytest.raises(Conflict):
        await world.subnet(network, "203.0.114.0/24", caller=ADMIN)
    assert len((await world.subnets.list(ADMIN, [])).items) == 1


@pytest.mark.parametrize("mode", ["slaac", "dhcpv6-stateless"])
async def test_a_subnet_of_automatic_addresses_goes_with_them(world: World, mode: str) -> None:
    network, ranged = await world.in_pod(EAST, "10.0.0.0/24")
    modes = {"ipv6_ra_mode": mode, "ipv6_address_mode": mode}
    automatic = await world.subnet(network, "fd00::/64", **modes)
    port = await world.server_port(network, EAST)
    assert [ip["subnet_id"] for ip in port["fixed_ips"]] == [ranged["id"], automatic["id"]]
    router = await world.routers.create(USER, {})
    leg = {"subnet_id": automatic["id"]}
    await world.interfaces.add(USER, router["id"], leg)
    with pytest.raises(Conflict) as used:
        await world.subnets.delete(USER, automatic["id"])
    assert used.value.kind == "SubnetInUse"
    await world.interfaces.remove(USER, router["id"], leg)
    await world.subnets.delete(USER, automatic["id"])
    left = await world.ports.show(USER, port["id"])
    assert left["fixed_ips"] == port["fixed_ips"][:1]
    assert left["revision_number"] > port["revision_number"]
    with pytest.raises(Conflict):
        await world.subnets.delete(USER, ranged["id"])
