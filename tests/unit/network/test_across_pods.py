"""A router whose networks lie in several pods: what it should be in each, and what that takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from models.admin.jobs import Jobs
from models.admin.topology import TopologyView
from models.database.store import Store
from models.database.tables.network import Bridge, BridgeAddress
from models.errors import BadRequest, Conflict, NotFound, OverQuota
from models.network.routers.diff import differs, gateway_applied, held, in_order, joined
from models.network.routers.plan import Plan
from models.network.security_groups.state import members_elsewhere, wanted
from models.settings import Settings
from models.values import Caller
from tests.unit.network.wiring import Network

ONE, TWO = "id-of-pod-1", "id-of-pod-2"


@dataclass
class Crossing:
    """A router between a network in each of two pods, with a way out by the first."""

    router: str
    nets: list[str]
    subs: list[str]
    port: str
    floating: dict[str, Any]


async def cross(network: Network, member: Caller, admin: Caller) -> Crossing:
    """Make it: a port with a copy in the second pod has a floating IP."""
    outside = await network.networks.create(
        admin, {"router:external": True, "availability_zone_hints": ["pod-1"]}
    )
    pool = {"network_id": outside["id"], "cidr": "198.51.100.0/24", "ip_version": 4}
    await network.subnets.create(admin, pool)
    info = {"external_gateway_info": {"network_id": outside["id"]}}
    router = (await network.routers.create(member, info))["id"]
    nets, subs = [], []
    for number, pod in enumerate(("pod-1", "pod-2"), 1):
        made = await network.networks.create(member, {"availability_zone_hints": [pod]})
        body = {"network_id": made["id"], "cidr": f"10.0.{number}.0/24", "ip_version": 4}
        sub = await network.subnets.create(member, body)
        await network.interfaces.add(member, router, {"subnet_id": sub["id"]})
        nets.append(made["id"])
        subs.append(sub["id"])
    port = await network.ports.create(member, {"network_id": nets[1]})
    await network.copies.make("port", port["id"], await network.pods.get(TWO))
    floating = await network.floatingips.create(
        member, {"floating_network_id": outside["id"], "port_id": port["id"]}
    )
    return Crossing(router, nets, subs, port["id"], floating)


async def count(store: Store, table: Any) -> int:
    async with store.read() as tx:
        return len(await tx.all(table.select()))


async def test_plan_in_each_pod(network: Network, member: Caller, admin: Caller) -> None:
    made = await cross(network, member, admin)
    desired = await network.topology.desired(made.router, whole=True)
    assert set(desired.plans) == {ONE, TWO}
    one, two = desired.plan(ONE), desired.plan(TWO)
    assert [i.port["network_id"] for i in one.interfaces] == made.nets[:1]
    assert [i.by_subnet for i in two.interfaces] == [True]
    # East-west they share a bridge, on which each has an address and a route to the other.
    assert one.east_west is not None
    assert two.east_west is not None
    assert one.east_west.bridge["id"] == two.east_west.bridge["id"]
    hop = {
        pod: link.address["ip_address"] for pod, link in ((1, one.east_west), (2, two.east_west))
    }
    assert {"destination": "10.0.2.0/24", "nexthop": hop[2]} in one.routes
    assert {"destination": "10.0.1.0/24", "nexthop": hop[1]} in two.routes
    # The way out of the second pod is a bridge whose gateway is the router in the first.
    assert one.gateway is not None
    assert one.gateway.bridge is None
    assert two.gateway is not None
    assert two.gateway.bridge is not None
    assert one.north_south is not None
    assert one.north_south.address["ip_address"].endswith(".1")
    assert [f.role for f in one.floating] == ["public"]
    assert [f.role for f in two.floating] == ["inner"]
    assert two.floating[0].spec["port"] == made.port
    assert one.floating[0].spec["carrier"] == two.floating[0].spec["carrier"] != ""
    assert not desired.plan("another").router
    # A second look finds what was allocated.
    again = await network.topology.desired(made.router)
    assert again.plan(TWO).routes == two.routes
    assert await count(network.store, Bridge) == 2


async def test_routes_of_the_user_lead_to_the_pod_of_their_hop(
    network: Network, member: Caller, admin: Caller
) -> None:
    made = await cross(network, member, admin)
    route = {"destination": "192.0.2.0/24", "nexthop": "10.0.2.77"}
    shown = await network.routers.update(member, made.router, {"routes": [route]})
    assert shown["routes"] == [route]
    desired = await network.topology.desired(made.router)
    two = desired.plan(TWO)
    assert route in two.routes
    assert two.east_west is not None
    crossing = {"destination": "192.0.2.0/24", "nexthop": two.east_west.address["ip_address"]}
    assert crossing in desired.plan(ONE).routes
    assert in_order([route, crossing]) == sorted([route, crossing], key=lambda r: r["nexthop"])


def rows_of(router: str, plan: Plan) -> dict[tuple[str, str], Any]:
    """Return the routings of a copy that is all that the plan says."""
    have: dict[tuple[str, str], Any] = {}

    def there(type_: str, id_: str, applied: Any = None) -> None:
        have[type_, id_] = {"bottom_id": f"bottom of {id_}", "applied": applied}

    there("router", router, {"gateway": gateway_applied(plan.gateway)})
    for interface in plan.interfaces:
        there("router_interface", interface.port["id"], held(interface))
    for link in filter(None, (plan.east_west, plan.north_south)):
        there("bridge_port", link.address["id"], {"attached": True})
    for floating in plan.floating:
        there("floatingip", floating.row["id"], floating.spec)
        if floating.role == "public":
            there("carrier_port", floating.row["id"])
    bridges = (plan.north_south, plan.gateway.bridge if plan.gateway else None)
    for link in filter(None, bridges):
        there("bridge_network", link.bridge["id"])
    return have


async def test_copy_differs_until_it_is_what_the_plan_says(
    network: Network, member: Caller, admin: Caller
) -> None:
    made = await cross(network, member, admin)
    desired = await network.topology.desired(made.router)
    for pod_id in (ONE, TWO):
        plan = desired.plan(pod_id)
        have = rows_of(made.router, plan)
        assert not differs(made.router, plan, have)
        assert joined(plan, have)
        for key, row in have.items():
            less = {other: value for other, value in have.items() if other != key}
            assert differs(made.router, plan, less), key
            unmade = {**have, key: {**row, "bottom_id": None}}
            assert differs(made.router, plan, unmade), key
            if row["applied"]:
                other = {**have, key: {**row, "applied": {"addresses": ["192.0.2.1"]}}}
                assert differs(made.router, plan, other), key
        assert differs(made.router, Plan(), have)
        assert not joined(Plan(), {})


async def test_bridges_are_given_back_with_the_last_interface(
    network: Network, member: Caller, admin: Caller
) -> None:
    made = await cross(network, member, admin)
    await network.topology.desired(made.router)
    assert await count(network.store, BridgeAddress) == 5
    async with network.store.write() as tx:
        await network.leftovers.release(tx, made.router)
    assert await count(network.store, BridgeAddress) == 5
    await network.floatingips.update(member, made.floating["id"], {"port_id": None})
    await network.interfaces.remove(member, made.router, {"subnet_id": made.subs[1]})
    async with network.store.write() as tx:
        await network.leftovers.release(tx, made.router)
    assert await count(network.store, BridgeAddress) == 0
    assert await count(network.store, Bridge) == 0


async def test_pool_that_is_used_up_is_told_to_who_asked(
    store: Store, member: Caller, admin: Caller
) -> None:
    network = Network(store, Settings(bridge_vlans="7:7"))
    with pytest.raises(OverQuota, match="No VLAN left for a bridge in 7:7"):
        await cross(network, member, admin)
    assert await count(store, Bridge) <= 1


async def test_topology_shows_where_the_pieces_lie(
    network: Network, member: Caller, admin: Caller
) -> None:
    made = await cross(network, member, admin)
    await network.topology.desired(made.router)
    await network.copies.make("router", made.router, await network.pods.get(ONE))
    jobs = Jobs(network.settings, network.store, network.operations)
    view = TopologyView(network.store, network.pods, jobs)
    assert {"id": member.project_id, "networks": 2, "routers": 1} in await view.projects()
    shown = await view.project(member.project_id)
    assert sorted(one["pod"] for one in shown["networks"]) == ["pod-1", "pod-1", "pod-2"]
    (router,) = shown["routers"]
    assert [copy["pod"] for copy in router["copies"]] == ["pod-1"]
    legs = sorted(router["interfaces"], key=lambda leg: leg["subnets"])
    assert [leg["subnets"] for leg in legs] == [["10.0.1.0/24"], ["10.0.2.0/24"]]
    assert legs[1]["job"]["state"] == "accepted"
    assert sorted(one["kind"] for one in shown["bridges"]) == ["east-west", "north-south"]
    assert {a["pod"] for b in shown["bridges"] for a in b["addresses"]} >= {"pod-1", "pod-2"}
    assert [one["id"] for one in shown["floatingips"]] == [made.floating["id"]]
    assert (await view.project("nobody"))["routers"] == []


async def test_group_admits_members_in_other_pods_by_their_addresses(
    network: Network, member: Caller
) -> None:
    sg = (await network.groups.create(member, {"name": "sg"}))["id"]
    rule = {"security_group_id": sg, "direction": "ingress", "remote_group_id": sg}
    await network.rules.create(member, rule)
    net = (await network.networks.create(member, {}))["id"]
    await network.subnets.create(
        member, {"network_id": net, "cidr": "10.0.0.0/24", "ip_version": 4}
    )
    port = await network.ports.create(member, {"network_id": net, "security_groups": [sg]})
    one, two = await network.pods.get(ONE), await network.pods.get(TWO)
    await network.copies.make("port", port["id"], two)
    address = f"{port['fixed_ips'][0]['ip_address']}/32"
    async with network.store.read() as tx:
        assert await members_elsewhere(tx, sg, one) == [address]
        assert await members_elsewhere(tx, sg, two) == []
        here = await wanted(tx, sg, one)
        assert await wanted(tx, "none", one) is None
    assert here is not None
    assert (here.name, here.remotes, here.elsewhere) == ("sg", {sg}, {sg: [address]})
    bodies = list(here.bodies({sg: "copy"}, {sg: "others"}).values())
    assert "copy" in [body.get("remote_group_id") for body in bodies]
    assert "others" in [body.get("remote_address_group_id") for body in bodies]
    assert here.fingerprint["elsewhere"] == [sg]


# What is got for the asking.


async def test_topology_for_the_asking(network: Network, member: Caller, admin: Caller) -> None:
    project, topologies = member.project_id, network.topologies
    with pytest.raises(Conflict, match=r"No default router:external network"):
        await topologies.check(project)
    outside = await network.networks.create(admin, {"router:external": True, "is_default": True})
    body = {"network_id": outside["id"], "cidr": "198.51.100.0/24", "ip_version": 4}
    await network.subnets.create(admin, body)
    with pytest.raises(Conflict, match="No default subnetpools defined"):
        await topologies.check(project)
    with pytest.raises(Conflict, match="Unable to provide tenant private network"):
        await topologies.get(member, project)
    await network.pools.create(
        admin,
        {
            "name": "p",
            "prefixes": ["10.9.0.0/16"],
            "is_default": True,
            "shared": True,
            "default_prefixlen": 24,
        },
    )
    assert (await topologies.check(project))["id"] == "dry-run=pass"
    made = await topologies.get(member, project)
    assert await topologies.get(member, project) == made
    net = await network.networks.show(member, made["id"])
    assert (net["name"], net["admin_state_up"]) == ("auto_allocated_network", True)
    routers = (await network.routers.list(member, [])).items
    assert [one["name"] for one in routers] == ["auto_allocated_router"]
    await topologies.delete(member, project)
    await topologies.delete(member, project)
    assert (await network.routers.list(member, [])).items == []
    with pytest.raises(NotFound):
        await network.networks.show(member, made["id"])


async def test_addresses_of_networks_are_counted(network: Network, member: Caller) -> None:
    net = (await network.networks.create(member, {"name": "n"}))["id"]
    bare = (await network.networks.create(member, {"name": "bare"}))["id"]
    sub = {"network_id": net, "cidr": "10.0.0.0/29", "ip_version": 4, "name": "s"}
    await network.subnets.create(member, sub)
    await network.ports.create(member, {"network_id": net})
    shown = await network.availabilities.show(net)
    assert (shown["total_ips"], shown["used_ips"]) == (5, 1)
    assert shown["subnet_ip_availability"][0]["subnet_name"] == "s"
    assert (await network.availabilities.show(bare))["total_ips"] == 0

    async def names(*params: tuple[str, str]) -> list[str]:
        found = await network.availabilities.list(params)
        return sorted(one["network_name"] for one in found)

    assert await names() == ["bare", "n"]
    assert await names(("ip_version", "4")) == ["n"]
    assert await names(("network_name", "bare")) == ["bare"]
    assert await names(("project_id", "nobody")) == []
    with pytest.raises(Exception, match="invalid attribute for filtering"):
        await names(("colour", "red"))
    with pytest.raises(NotFound):
        await network.availabilities.show("none")


async def test_limits_of_a_project(network: Network, member: Caller, admin: Caller) -> None:
    quotas, project = network.quotas, member.project_id
    assert await quotas.limits(project) == quotas.defaults()
    await network.networks.create(member, {})
    assert (await quotas.update(admin, project, {"network": 1}))["network"] == 1
    assert (await quotas.details(project))["network"] == {"limit": 1, "used": 1, "reserved": 0}
    assert [one["project_id"] for one in await quotas.all()] == [project]
    assert network.spread.projects == [project]
    with pytest.raises(OverQuota, match="network"):
        await network.networks.create(member, {})
    with pytest.raises(BadRequest, match="greater than or equal to already used 1"):
        await quotas.update(admin, project, {"network": 0, "force": "true"})
    with pytest.raises(BadRequest):
        await quotas.update(admin, project, {"network": 0})
    await quotas.update(admin, project, {"network": 0, "force": True})
    for wrong in ({"rope": 1}, {"network": "many"}, {"network": -2}, {"network": True}):
        with pytest.raises(Exception, match=r"Unrecognized|Invalid input"):
            await quotas.update(admin, project, wrong)
    await quotas.delete(admin, project)
    assert await quotas.limits(project) == quotas.defaults()
    with pytest.raises(NotFound):
        await quotas.delete(admin, project)
