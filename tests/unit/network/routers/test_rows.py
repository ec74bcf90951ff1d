"""Routers: what is asked of one, and what it shows of that."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest, Conflict, Forbidden, NotFound
from tests.unit.network.world import ADMIN, EAST, USER, World


async def test_an_admin_asks_for_what_every_router_is(world: World) -> None:
    made = await world.routers.create(ADMIN, {"ha": True, "distributed": False})
    assert (made["ha"], "distributed" in made) == (True, False)
    changed = await world.routers.update(ADMIN, made["id"], {"ha": False})
    assert changed["ha"] is True
    for word in ("ha", "distributed"):
        with pytest.raises(Forbidden):
            await world.routers.create(USER, {word: True})


async def test_a_router_is_hinted_at_zones_that_there_are(world: World) -> None:
    for hint in (EAST.az_name, EAST.pod_name):
        made = await world.routers.create(USER, {"availability_zone_hints": [hint]})
        assert made["availability_zone_hints"] == [hint]
    with pytest.raises(NotFound) as refused:
        await world.routers.create(USER, {"availability_zone_hints": [EAST.az_name, "moon"]})
    assert refused.value.kind == "AvailabilityZoneNotFound"


async def test_addresses_outside_change_in_place(world: World) -> None:
    network, first = await world.external(EAST, "203.0.113.0/24")
    given = {"network_id": network["id"], "ip_version": 4, "cidr": "198.51.100.0/24"}
    second = await world.subnets.create(ADMIN, given)
    asked = [{"ip_address": "203.0.113.50"}, {"ip_address": "198.51.100.50"}]
    info = {"network_id": network["id"], "external_fixed_ips": asked}
    router = await world.routers.create(ADMIN, {"external_gateway_info": info})
    port = await _outside(world, router["id"])
    one, two = ({"subnet_id": subnet["id"]} for subnet in (first, second))
    steps: list[tuple[list[dict[str, str]] | None, list[str]]] = [
        ([{**one, "ip_address": "203.0.113.50"}], ["203.0.113.50"]),
        ([], ["203.0.113.50"]),
        (None, ["203.0.113.50"]),
        ([one, {**two, "ip_address": "198.51.100.9"}], ["198.51.100.9", "203.0.113.50"]),
        ([two, one], ["198.51.100.9", "203.0.113.50"]),
        ([two], ["198.51.100.9"]),
        ([{"ip_address": "198.51.100.77"}], ["198.51.100.77"]),
    ]
    for wish, after in steps:
        changed = await _go_out(world, router["id"], network["id"], wish)
        shown = changed["external_gateway_info"]["external_fixed_ips"]
        assert [ip["ip_address"] for ip in shown] == after
        again = await _go_out(world, router["id"], network["id"], shown)
        assert again["external_gateway_info"] == changed["external_gateway_info"]
        assert again["revision_number"] == changed["revision_number"]
        assert await _outside(world, router["id"]) == port
    # What it let go of is free.
    body = {"network_id": network["id"], "fixed_ips": asked[:1]}
    await world.ports.create(ADMIN, body)
    for wrong, fault in (
        ("203.0.113.50", Conflict),
        ("203.0.113.1", BadRequest),
        ("10.9.9.9", BadRequest),
    ):
        with pytest.raises(fault):
            await _go_out(world, router["id"], network["id"], [{"ip_address": wrong}])


async def test_translation_that_is_not_said_is_on(world: World) -> None:
    network, _ = await world.external(EAST)
    info = {"network_id": network["id"], "enable_snat": False}
    router = await world.routers.create(ADMIN, {"external_gateway_info": info})
    assert router["external_gateway_info"]["enable_snat"] is False
    changed = await _go_out(world, router["id"], network["id"], None)
    assert changed["external_gateway_info"]["enable_snat"] is True


async def _go_out(
    world: World, router_id: str, network_id: str, wish: list[dict[str, str]] | None
) -> dict[str, Any]:
    info = {"network_id": network_id, **({} if wish is None else {"external_fixed_ips": wish})}
    return await world.routers.update(ADMIN, router_id, {"external_gateway_info": info})


async def _outside(world: World, router_id: str) -> str:
    query = [("device_id", router_id), ("device_owner", "network:router_gateway")]
    (port,) = (await world.ports.list(ADMIN, query)).items
    return str(port["id"])
