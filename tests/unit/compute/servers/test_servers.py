"""Servers and the network: where a boot may go, which ports it has, and what Nova showed of it."""

from __future__ import annotations

from typing import Any

import pytest

from models.compute.flavors import Flavors
from models.compute.floating_ips import ComputeFloatingIPs
from models.compute.inner_zones import InnerZones
from models.compute.keypairs import Keypairs
from models.compute.security_groups import ComputeSecurityGroups
from models.compute.servers.attachments import Attachments
from models.compute.servers.boot_homes import BootHomes
from models.compute.servers.boot_plan import BootPlanner
from models.compute.servers.boot_request import BootRequest, Nic, parse
from models.compute.servers.ports import ServerPorts
from models.compute.servers.reservations import ServerReservations
from models.compute.servers.view import ServerView
from models.compute.servers.volumes import ServerVolumes
from models.compute.volumes import ComputeVolumes
from models.creations import Creations
from models.database.store import Store
from models.departures import Departures
from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound
from models.network.bridges.purposes import Purpose, Use
from models.network.collections.collection import Shown
from models.placement import Placement
from models.places import Places
from models.settings import Settings
from models.values import Caller, Pod
from tests.unit.gates import Gates
from tests.unit.network.wiring import Network

ONE, TWO = "id-of-pod-1", "id-of-pod-2"
NEAR = "00000000-0000-4000-8000-00000000000a"
NONE = "00000000-0000-4000-8000-000000000000"


class Bottom:
    """Pods with a host each, that take every change of a port."""

    def __init__(self, network: Network) -> None:
        self._pods = network.pods
        self.updated: list[str] = []

    async def pod_of_host(self, name: str) -> Pod:
        return await self._pods.get(ONE if name == "host-1" else TWO)

    async def pod_of_node(self, name: str) -> Pod:
        return await self._pods.get(ONE if name == "node-1" else TWO)

    async def update_port(self, port_id: str) -> None:
        self.updated.append(port_id)


class Compute:
    """The compute models on the network's."""

    def __init__(self, network: Network) -> None:
        self.network, store, self.bottom = network, network.store, Bottom(network)
        operations = network.operations
        self.places = Places(
            Placement(store, network.pods, Gates()), network.pods, network.routings
        )
        self.flavors = Flavors(store, operations)
        self.keypairs = Keypairs(store, operations)
        self.planner = BootPlanner(
            store,
            self.places,
            BootHomes(self.bottom, self.places),
            network.networks,
            network.ports,
            self.flavors,
            self.keypairs,
            network.groups,
            InnerZones(store, network.pods),
        )
        self.attachments = Attachments(network.ports, network.port_deletion)
        self.ports = ServerPorts(
            store, self.planner, network.ports, network.floatingips, self.bottom
        )
        departures = Departures(store, operations, 60.0, 60.0)
        self.volumes = ServerVolumes(store, operations, self.places, departures)
        self.old_volumes = ComputeVolumes(store, self.places, Creations(store, operations, 60.0))

    async def net(self, caller: Caller, number: int = 1, hint: str = "") -> tuple[str, str]:
        """Make a network with a subnet; return both ids."""
        hints = {"availability_zone_hints": [hint]} if hint else {}
        net = (await self.network.networks.create(caller, hints))["id"]
        body = {"network_id": net, "cidr": f"10.0.{number}.0/24", "ip_version": 4}
        return net, (await self.network.subnets.create(caller, body))["id"]


@pytest.fixture
def network(store: Store) -> Network:
    return Network(store)


@pytest.fixture
async def compute(network: Network) -> Compute:
    made = Compute(network)
    body = {"name": "small", "id": "f", "ram": 1, "vcpus": 1, "disk": 1}
    await made.flavors.create(body, describable=False)
    return made


def boot(hints: dict[str, Any] | None = None, **server: Any) -> BootRequest:
    body = {"server": {"name": "s", "flavorRef": "f", "networks": "none", **server}}
    if hints:
        body["os:scheduler_hints"] = hints
    return parse(body, (2, 60))


async def test_boot_goes_where_its_network_is(compute: Compute, member: Caller) -> None:
    net, _ = await compute.net(member, hint="pod-2")
    plan = await compute.planner.plan(boot(networks=[{"uuid": net}]), member)
    assert (plan.pod.pod_id, plan.others, plan.flavor["id"]) == (TWO, (), "f")
    assert [link.network["id"] for link in plan.links] == [net]
    free = await compute.planner.plan(boot(availability_zone="az-1"), member)
    assert [free.pod.pod_name, *(pod.pod_name for pod in free.others)] == ["pod-1", "pod-3"]
    moved = await compute.planner.moved(free)
    assert (moved.pod.pod_name, moved.others) == ("pod-3", ())
    await compute.planner.check_pod(plan.links[0], plan.pod)
    with pytest.raises(
        BadRequest, match="is in availability zone az-2, but the server is in az-1"
    ):
        await compute.planner.check_pod(plan.links[0], free.pod)


async def test_only_network_is_taken_by_itself(compute: Compute, member: Caller) -> None:
    with pytest.raises(BadRequest, match="Unable to automatically allocate"):
        await compute.planner.plan(boot(networks="auto"), member)
    net, _ = await compute.net(member)
    plan = await compute.planner.plan(boot(networks="auto"), member)
    assert [link.network["id"] for link in plan.links] == [net]
    await compute.net(member, 2)
    with pytest.raises(Conflict, match="Multiple possible networks"):
        await compute.planner.plan(boot(networks="auto"), member)


@pytest.mark.parametrize(
    ("server", "error", "says"),
    [
        ({"flavorRef": "none"}, BadRequest, "Flavor none could not be found"),
        ({"networks": [{"uuid": NONE}]}, BadRequest, f"Network {NONE} could not be found"),
        ({"networks": [{"port": NONE}]}, BadRequest, f"Port {NONE} could not be found"),
        ({"key_name": "none"}, BadRequest, "Invalid key_name"),
        ({"security_groups": [{"name": "none"}]}, BadRequest, "Security group none not found"),
        ({"availability_zone": "moon"}, BadRequest, "zone is not available"),
        ({"availability_zone": "az-1:host-1"}, Forbidden, "forced_host"),
        (
            {"block_device_mapping_v2": [
                {"uuid": NONE, "source_type": "volume", "destination_type": "volume",
                 "boot_index": 0}]},
            BadRequest,
            f"failed to get volume {NONE}",
        ),
    ],
)  # fmt: skip
async def test_boot_refused(
    compute: Compute, member: Caller, server: dict[str, Any], error: type[GatewayError], says: str
) -> None:
    with pytest.raises(error, match=says):
        await compute.planner.plan(boot(**server), member)


async def test_nic_that_cannot_be_had(compute: Compute, member: Caller, admin: Caller) -> None:
    planner, ports = compute.planner, compute.network.ports
    bare = (await compute.network.networks.create(member, {}))["id"]
    with pytest.raises(BadRequest, match="requires a subnet"):
        await planner.link(member, Nic(network_id=bare))
    outside = await compute.network.networks.create(admin, {"router:external": True})
    with pytest.raises(Forbidden, match="interface on external network"):
        await planner.link(member, Nic(network_id=outside["id"]))
    net, _ = await compute.net(member)
    busy = await ports.create(member, {"network_id": net, "device_id": "x"})
    with pytest.raises(Conflict, match="still in use"):
        await planner.link(member, Nic(port_id=busy["id"]))
    empty = await ports.create(member, {"network_id": net, "fixed_ips": []})
    with pytest.raises(BadRequest, match="requires a FixedIP"):
        await planner.link(member, Nic(port_id=empty["id"]))


async def test_what_a_boot_names_keeps_it_near(
    compute: Compute, member: Caller, admin: Caller
) -> None:
    network = compute.network
    two = await network.pods.get(TWO)
    async with network.store.write() as tx:
        await compute.places.record(tx, "server", NEAR, two, member.project_id)
        await compute.places.record(tx, "volume", NONE, two, member.project_id)
    plan = await compute.planner.plan(boot({"same_host": NEAR}), member)
    assert plan.pod == two
    disk = {"uuid": NONE, "source_type": "volume", "destination_type": "volume", "boot_index": 0}
    plan = await compute.planner.plan(boot(block_device_mapping_v2=[disk]), member)
    assert plan.pod == two
    plan = await compute.planner.plan(boot({"different_host": [NEAR]}), member)
    assert (plan.pod, plan.hints) == (two, {"different_host": [NEAR]})
    plan = await compute.planner.plan(boot(availability_zone="az-1:host-1:node-1"), admin)
    assert plan.pod.pod_id == ONE
    with pytest.raises(BadRequest, match="host host-1 is in az-1"):
        await compute.planner.plan(
            boot({"same_host": NEAR}, availability_zone="az-2:host-1"), admin
        )


async def test_groups_of_a_boot(compute: Compute, member: Caller) -> None:
    groups, planner = compute.network.groups, compute.planner
    assert await planner.group_ids(member, []) is None
    web = await groups.create(member, {"name": "web"})
    assert await planner.group_ids(member, ["web"]) == [web["id"]]
    default = await planner.default_group(member)
    assert await planner.group_ids(member, ["default", web["id"]]) == [default, web["id"]]
    await groups.create(member, {"name": "web"})
    with pytest.raises(Conflict, match="Multiple security_groups found"):
        await planner.group_ids(member, ["web"])


async def test_ports_of_a_server_to_be(compute: Compute, member: Caller) -> None:
    net, _ = await compute.net(member)
    ports, store = compute.network.ports, compute.network.store
    own = await ports.create(member, {"network_id": net})
    pod = await compute.network.pods.get(ONE)
    nics = [Nic(port_id=own["id"]), Nic(network_id=net, fixed_ip="10.0.1.77")]
    links = [await compute.planner.link(member, nic) for nic in nics]
    attachments = compute.attachments
    async with store.write() as tx:
        ids = [
            await attachments.reserve(tx, link, pod, owner="creation", caller=member)
            for link in links
        ]
        assert await attachments.networks(tx, "creation") == {net}
        await attachments.hand_over(tx, "creation", "server")
    with pytest.raises(Conflict, match="still in use"):
        async with store.write() as tx:
            await attachments.reserve(tx, links[0], pod, owner="other", caller=member)
    shown = [await ports.show(member, id_) for id_ in ids]
    assert [one["device_owner"] for one in shown] == ["compute:az-1"] * 2
    assert [one["device_id"] for one in shown] == ["server"] * 2
    assert shown[1]["fixed_ips"][0]["ip_address"] == "10.0.1.77"
    async with store.write() as tx:
        await attachments.release_port(tx, ids[0])
    assert (await ports.show(member, ids[0]))["device_id"] == ""
    async with store.write() as tx:
        await attachments.release(tx, "server")
    with pytest.raises(NotFound):
        await ports.show(member, ids[1])


async def plugged(compute: Compute, caller: Caller, net: str) -> Shown:
    """A port of the caller's that the server has."""
    port = await compute.network.ports.create(caller, {"network_id": net})
    link = await compute.planner.link(caller, Nic(port_id=port["id"]))
    pod = await compute.network.pods.get(ONE)
    async with compute.network.store.write() as tx:
        await compute.attachments.reserve(tx, link, pod, owner="server", caller=caller)
    return port


async def test_groups_and_addresses_of_a_server(compute: Compute, member: Caller) -> None:
    net, _ = await compute.net(member)
    network, servers = compute.network, compute.ports
    port = await plugged(compute, member, net)
    web = (await network.groups.create(member, {"name": "web"}))["id"]
    await servers.set_group(member, "server", "web", add=True)
    assert [one["name"] for one in await servers.groups("server")] == ["default", "web"]
    await servers.set_group(member, "server", "web", add=False)
    assert web not in (await network.ports.show(member, port["id"]))["security_groups"]
    for server, name in (("server", "web"), ("server", "none"), ("nobody", "web")):
        with pytest.raises(NotFound):
            await servers.set_group(member, server, name, add=False)
    await servers.add_address(member, "server", net)
    ips = [ip["ip_address"] for ip in (await network.ports.show(member, port["id"]))["fixed_ips"]]
    assert len(ips) == 2
    await servers.remove_address(member, "server", ips[1])
    with pytest.raises(BadRequest, match="doesn't have fixed IP"):
        await servers.remove_address(member, "server", ips[1])
    with pytest.raises(NotFound, match="Network could not be found"):
        await servers.add_address(member, "server", NONE)
    assert set(compute.bottom.updated) == {port["id"]}


async def out(compute: Compute, admin: Caller, name: str = "nova") -> str:
    """Make an external network with room for two addresses."""
    body = {"router:external": True, "name": name}
    net: str = (await compute.network.networks.create(admin, body))["id"]
    pool = {"allocation_pools": [{"start": "198.51.100.2", "end": "198.51.100.4"}]}
    sub = {"network_id": net, "cidr": "198.51.100.0/24", "ip_version": 4, **pool}
    await compute.network.subnets.create(admin, sub)
    return net


async def test_floating_ips_in_novas_words(
    compute: Compute, member: Caller, admin: Caller
) -> None:
    network, servers = compute.network, compute.ports
    old = ComputeFloatingIPs(network.floatingips, network.networks)
    with pytest.raises(NotFound, match="pool not found"):
        await old.create(member, "")
    external = await out(compute, admin)
    assert await old.pools(member) == ["nova"]
    made = await old.create(member, "")
    assert (made["pool"], made["fixed_ip"], made["instance_id"]) == ("nova", None, None)
    assert await old.show(member, made["id"]) == made
    net, sub = await compute.net(member)
    info = {"external_gateway_info": {"network_id": external}}
    router = (await network.routers.create(member, info))["id"]
    await network.interfaces.add(member, router, {"subnet_id": sub})
    port = await plugged(compute, member, net)
    fixed = port["fixed_ips"][0]["ip_address"]
    await servers.add_floating(member, "server", made["ip"], None)
    (shown,) = await old.all(member)
    assert (shown["fixed_ip"], shown["instance_id"]) == (fixed, "server")
    with pytest.raises(Conflict, match="not associated with instance other"):
        await servers.remove_floating(member, "other", made["ip"])
    await servers.remove_floating(member, "server", made["ip"])
    for server, address, wish, error in (
        ("nobody", made["ip"], None, BadRequest),
        ("server", made["ip"], "10.9.9.9", BadRequest),
        ("server", "192.0.2.1", fixed, NotFound),
    ):
        with pytest.raises(error):
            await servers.add_floating(member, server, address, wish)
    # The router's gateway has the third address.
    await old.create(member, "nova")
    with pytest.raises(NotFound, match="No more floating IPs in pool nova"):
        await old.create(member, "nova")
    await old.delete(member, made["id"])
    for gone in (old.delete(member, made["id"]), old.show(member, made["id"])):
        with pytest.raises(NotFound, match="Floating IP not found for ID"):
            await gone
    await network.quotas.update(admin, member.project_id, {"floatingip": 1})
    with pytest.raises(Forbidden, match="over quota in pool nova"):
        await old.create(member, "nova")


async def test_security_groups_in_novas_words(compute: Compute, member: Caller) -> None:
    old = ComputeSecurityGroups(compute.network.groups, compute.network.rules)
    made = await old.create(member, {"name": " web", "description": ""})
    assert (made["name"], made["rules"]) == (" web", [])
    parent = {"parent_group_id": made["id"]}
    tcp = {**parent, "ip_protocol": "tcp", "from_port": 22, "to_port": "22"}
    rule = await old.add_rule(member, {**tcp, "cidr": "10.1.2.3/8"})
    assert (rule["ip_range"], rule["from_port"]) == ({"cidr": "10.1.2.3/8"}, 22)
    with pytest.raises(BadRequest, match="already exists"):
        await old.add_rule(member, {**tcp, "cidr": "10.1.2.3/8"})
    open_ = await old.add_rule(member, {**parent, "group_id": made["id"], "ip_protocol": "udp"})
    assert (open_["group"]["name"], open_["from_port"], open_["to_port"]) == (" web", 1, 65535)
    ping = {**parent, "ip_protocol": "icmp", "from_port": -1, "to_port": -1, "cidr": "::/0"}
    assert (await old.add_rule(member, ping))["ip_range"] == {"cidr": "::/0"}
    assert len((await old.show(member, made["id"]))["rules"]) == 3
    await old.delete_rule(member, rule["id"])
    renamed = await old.update(member, made["id"], {"name": "w", "description": "d"})
    assert (renamed["name"], len(renamed["rules"])) == ("w", 2)
    assert [one["name"] for one in await old.all(member, everywhere=False)] == ["default", "w"]
    for wrong in (
        {},
        {**parent, "ip_protocol": "tcp"},
        {**tcp, "cidr": "here"},
        {**tcp, "from_port": "x"},
        {**tcp, "from_port": 23},
        {**tcp, "from_port": 0},
        {**tcp, "ip_protocol": "rope"},
        {**ping, "to_port": 999},
        {**tcp, "group_id": 5},
        {**tcp, "parent_group_id": "here"},
    ):
        with pytest.raises(BadRequest):
            await old.add_rule(member, wrong)
    net, _ = await compute.net(member)
    body = {"network_id": net, "security_groups": [made["id"]]}
    port = await compute.network.ports.create(member, body)
    with pytest.raises(BadRequest, match="in use"):
        await old.delete(member, made["id"])
    await compute.network.ports.delete(member, port["id"])
    await old.delete(member, made["id"])
    with pytest.raises(NotFound):
        await old.show(member, made["id"])


async def test_server_is_shown_in_the_words_of_the_region(
    compute: Compute, member: Caller
) -> None:
    network, store = compute.network, compute.network.store
    pod = await network.pods.get(ONE)
    default = await compute.planner.default_group(member)
    server: dict[str, Any] = {
        "id": "s",
        "tenant_id": member.project_id,
        "OS-EXT-AZ:availability_zone": "nova",
        "flavor": {"original_name": "small trio2o-f"},
        "security_groups": [{"name": f"default-{default[:8]}"}, {"name": "default-00000000"}],
        "addresses": {
            "net": [
                {"addr": "10.0.0.3", "OS-EXT-IPS:type": "fixed"},
                {"addr": "100.96.0.3", "OS-EXT-IPS:type": "floating"},
                {"addr": "100.127.255.9", "OS-EXT-IPS:type": "floating"},
            ]
        },
    }
    async with store.write() as tx:
        bridge = await network.bridges.allocate(tx, "ns", "gate", member.project_id)
        purpose = Purpose(Use.FLOATINGIP, "gone")
        await network.bridges.address(tx, bridge, purpose)
    await ServerView(Settings(), store, InnerZones(store, network.pods)).apply(pod, [server])
    assert server["OS-EXT-AZ:availability_zone"] == "az-1"
    assert server["flavor"]["original_name"] == "small"
    names = [group["name"] for group in server["security_groups"]]
    assert names == ["default", "default-00000000"]
    # Of a floating IP that is gone, and of none.
    assert [one["addr"] for one in server["addresses"]["net"]] == ["10.0.0.3"]


async def test_volumes_that_come_and_go_with_servers(compute: Compute, member: Caller) -> None:
    network, volumes = compute.network, compute.volumes
    pod = await network.pods.get(ONE)
    attached = [{"id": "vol"}, {"id": ""}]
    server = {"id": "s", "tenant_id": member.project_id,
              "os-extended-volumes:volumes_attached": attached}  # fmt: skip
    await volumes.seen(pod, [server])
    await volumes.seen(pod, [server])
    assert await compute.places.pod_of(member, "volume", "vol") == pod
    async with network.store.write() as tx:
        await compute.places.record(tx, "volume", NONE, pod, member.project_id)
        disk = {"uuid": NONE, "source_type": "volume", "destination_type": "volume",
                "boot_index": 0, "delete_on_termination": True}  # fmt: skip
        await volumes.booted(tx, boot(block_device_mapping_v2=[disk]), "t")
        assert len(await volumes.gone(tx, "s")) == len(await volumes.gone(tx, "t")) == 1
    old = compute.old_volumes
    assert (await old.place(member, {"availability_zone": "az-2"})).pod_id == TWO
    async with old.creations.tracked(
        "volume", pod, member.project_id, "v", marked=True
    ) as creation:
        await old.recorded(creation, pod, member, "new")
    with pytest.raises(NotFound, match="Snapshot none"):
        await old.place(member, {"snapshot_id": "none"})


async def test_servers_of_one_reservation_are_numbered(store: Store) -> None:
    rows = ServerReservations(store)
    async with store.write() as tx:
        for server in ("a", "b"):
            await rows.record(tx, server, "r-1")
    assert await rows.servers("r-1") == {"a", "b"}
    id_, index = "OS-EXT-SRV-ATTR:reservation_id", "OS-EXT-SRV-ATTR:launch_index"
    shown = [{"id": "b", id_: "r-pod", index: 0}, {"id": "c", id_: "r-pod", index: 0}, {"id": "a"}]
    await rows.view(shown)
    assert shown == [
        {"id": "b", id_: "r-1", index: 1},
        {"id": "c", id_: "r-pod", index: 0},
        {"id": "a"},
    ]
    async with store.write() as tx:
        await rows.forget(tx, "a")
    assert await rows.servers("r-1") == {"b"}
