"""Floating IPs: where they lead, and what keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from models.compute.floating_ips import ComputeFloatingIPs
from models.database.store import Row
from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound
from tests.unit.network.world import ADMIN, EAST, STRANGER, USER, World


async def _site(world: World) -> tuple[Row, Row, Row]:
    """Make an external network, a router out to it, and a port behind that."""
    outside, _ = await world.external(EAST)
    network, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    gateway = {"network_id": outside["id"]}
    router = await world.routers.create(USER, {"name": "r", "external_gateway_info": gateway})
    await world.interfaces.add(USER, router["id"], {"subnet_id": subnet["id"]})
    return outside, router, await world.server_port(network, EAST)


async def test_a_floating_ip_leads_to_a_port_and_away(world: World) -> None:
    outside, router, port = await _site(world)
    made = await world.floatingips.create(USER, {"floating_network_id": outside["id"]})
    assert (made["status"], made["port_id"]) == ("DOWN", None)
    led = await world.floatingips.update(USER, made["id"], {"port_id": port["id"]})
    assert (led["router_id"], led["port_details"]["device_id"]) == (router["id"], "")
    assert led["fixed_ip_address"] == port["fixed_ips"][0]["ip_address"]
    kept = await world.floatingips.update(USER, made["id"], {"description": "d"})
    assert (kept["description"], kept["port_id"]) == ("d", port["id"])
    for body in ({"port_id": None}, {}):
        away = await world.floatingips.update(USER, made["id"], body)
        assert (away["router_id"], away["port_id"]) == (None, None)
        # Nothing to be without.
        await world.floatingips.update(USER, made["id"], {"fixed_ip_address": None})
        await world.floatingips.update(USER, made["id"], {"port_id": port["id"]})
    fixed = {"fixed_ip_address": port["fixed_ips"][0]["ip_address"]}
    with pytest.raises(BadRequest, match="cannot be specified without a port_id"):
        await world.floatingips.update(USER, made["id"], fixed)
    await world.floatingips.delete(USER, made["id"])
    with pytest.raises(NotFound):
        await world.floatingips.show(USER, made["id"])


async def test_what_a_floating_ip_needs_stays(world: World) -> None:
    outside, router, port = await _site(world)
    body = {"floating_network_id": outside["id"], "port_id": port["id"]}
    made = await world.floatingips.create(USER, body)
    subnet = port["fixed_ips"][0]["subnet_id"]
    with pytest.raises(Conflict) as leg:
        await world.interfaces.remove(USER, router["id"], {"subnet_id": subnet})
    assert leg.value.kind == "RouterInterfaceInUseByFloatingIP"
    with pytest.raises(Conflict) as way_out:
        await world.routers.update(USER, router["id"], {"external_gateway_info": None})
    assert way_out.value.kind == "RouterExternalGatewayInUseByFloatingIp"
    with pytest.raises(Conflict):
        await world.floatingips.create(USER, body)
    await world.ports.delete(USER, port["id"])
    assert (await world.floatingips.show(USER, made["id"]))["port_id"] is None


async def test_a_network_takes_its_idle_floating_ips_with_it(world: World) -> None:
    outside, _ = await world.external(EAST)
    made = await world.floatingips.create(USER, {"floating_network_id": outside["id"]})
    await world.networks.delete(ADMIN, outside["id"])
    with pytest.raises(NotFound):
        await world.floatingips.show(USER, made["id"])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"floating_ip_address": "203.0.113.9"}, Forbidden),
        ({"fixed_ip_address": "10.0.0.9"}, BadRequest),
        ({"floating_network_id": "00000000-0000-4000-8000-000000000000"}, NotFound),
        ({"port_id": "00000000-0000-4000-8000-000000000000"}, NotFound),
        ({"floating_network_id": None}, BadRequest),
        ({"red": 1}, BadRequest),
    ],
)
async def test_floating_ips_that_cannot_be(
    world: World, given: dict[str, Any], error: type[GatewayError]
) -> None:
    outside, _ = await world.external(EAST)
    with pytest.raises(error):
        await world.floatingips.create(USER, {"floating_network_id": outside["id"], **given})
    assert (await world.floatingips.list(ADMIN, [])).items == []


async def test_ports_that_no_floating_ip_leads_to(world: World) -> None:
    outside, _, port = await _site(world)
    made = await world.floatingips.create(USER, {"floating_network_id": outside["id"]})
    far, subnet = await world.in_pod(EAST, "10.5.0.0/24")
    unreached = await world.ports.create(USER, {"network_id": far["id"]})
    bare = await world.ports.create(USER, {"network_id": far["id"], "fixed_ips": []})
    two = [{"subnet_id": subnet["id"], "ip_address": f"10.5.0.{n}"} for n in (8, 9)]
    double = await world.ports.create(USER, {"network_id": far["id"], "fixed_ips": two})
    for wrong in (unreached, bare, double):
        with pytest.raises(GatewayError):
            await world.floatingips.update(USER, made["id"], {"port_id": wrong["id"]})
    wish = {"port_id": port["id"], "fixed_ip_address": "10.0.0.250"}
    with pytest.raises(BadRequest):
        await world.floatingips.update(USER, made["id"], wish)
    with pytest.raises(BadRequest):
        await world.floatingips.update(USER, made["id"], {"fixed_ip_address": "10.0.0.250"})
    with pytest.raises(NotFound):
        await world.floatingips.update(STRANGER, made["id"], {"port_id": None})
    with pytest.raises(BadRequest):
        await world.floatingips.create(ADMIN, {"floating_network_id": far["id"]})


async def test_an_admin_asks_for_an_address(world: World) -> None:
    outside, _ = await world.external(EAST)
    body = {"floating_network_id": outside["id"], "floating_ip_address": "203.0.113.9"}
    assert (await world.floatingips.create(ADMIN, body))["floating_ip_address"] == "203.0.113.9"
    with pytest.raises(Conflict):
        await world.floatingips.create(ADMIN, body)


async def test_floating_ips_in_novas_words(world: World) -> None:
    outside, _ = await world.external(EAST, "203.0.113.0/30")
    nova = ComputeFloatingIPs(world.floatingips, world.networks)
    assert await nova.pools(USER) == ["net"]
    made = await nova.create(USER, outside["id"])
    assert (made["pool"], made["ip"], made["instance_id"]) == ("net", "203.0.113.2", None)
    assert await nova.all(USER) == [made]
    assert await nova.show(USER, made["id"]) == made
    for pool in ("nothing", "net", ""):
        with pytest.raises(NotFound):
            await nova.create(USER, pool)
    await nova.delete(USER, made["id"])
    for call in (nova.show, nova.delete):
        with pytest.raises(NotFound):
            await call(USER, made["id"])


async def test_the_gateways_address_is_given_to_who_asks_for_it(world: World) -> None:
    outside, _ = await world.external(EAST)
    body = {"floating_network_id": outside["id"], "floating_ip_address": "203.0.113.1"}
    assert (await world.floatingips.create(ADMIN, body))["floating_ip_address"] == "203.0.113.1"


async def test_an_admin_leads_an_address_to_another_projects_port(world: World) -> None:
    outside, _, port = await _site(world)
    body = {"floating_network_id": outside["id"], "port_id": port["id"]}
    made = await world.floatingips.create(ADMIN, body)
    assert (made["project_id"], made["port_id"]) == (ADMIN.project_id, port["id"])
    shared = {"object_type": "network", "object_id": port["network_id"]}
    given = {"action": "access_as_shared", "target_tenant": STRANGER.project_id}
    await world.policies.create(USER, {**shared, **given})
    theirs = await world.ports.create(STRANGER, {"network_id": port["network_id"]})
    with pytest.raises(BadRequest, match="owned by a different tenant"):
        await world.floatingips.create(USER, {**body, "port_id": theirs["id"]})


async def test_the_ranges_of_external_networks_are_pools(world: World) -> None:
    outside, ranged = await world.external(EAST)
    await world.subnet(outside, "fd99::/64", caller=ADMIN)
    pool = {
        "network_id": outside["id"],
        "subnet_id": ranged["id"],
        "subnet_name": "",
        "cidr": "203.0.113.0/24",
        "project_id": USER.project_id,
        "tenant_id": USER.project_id,
    }
    assert await world.floatingip_pools.list(USER, []) == [pool]
    asked = [("fields", "subnet_id")]
    assert await world.floatingip_pools.list(USER, asked) == [{"subnet_id": ranged["id"]}]
    with pytest.raises(BadRequest):
        await world.floatingip_pools.list(USER, [("cidr", pool["cidr"])])
