"""What admins and users define at the top for compute: flavors, keypairs, groups, aggregates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest

from models.compute.aggregates import Aggregates
from models.compute.flavors import Flavors
from models.compute.inner_zones import InnerZones
from models.compute.keypairs import Keypairs, top_id
from models.compute.pod_numbers import PodNumbers
from models.compute.release import release, released
from models.compute.server_groups import ServerGroups, group_hint, with_group
from models.database.store import Store
from models.database.tables.compute import Aggregate, aggregates
from models.database.tables.operation import Operation
from models.database.tables.routing import Routing
from models.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    GatewayError,
    NotFound,
    PodFault,
    PodUnavailable,
)
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller, Pod
from tests.unit.network.wiring import Made, Offered

ONE, TWO = "id-of-pod-1", "id-of-pod-2"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3cJyxs3v8J1bJ2yXo0vV1lqkqk2m0b8v9W9m5m8cTn somebody"
NEW = (2, 90)


@pytest.fixture
def pods(store: Store) -> PodDirectory:
    return PodDirectory(store)


@pytest.fixture
def operations(store: Store) -> Operations:
    return Operations(store, Offered())


async def types(store: Store) -> list[str]:
    """Return the types of the operations that were written."""
    async with store.read() as tx:
        return [row.type for row in await tx.all(Operation.select().order_by(Operation.sequence))]


# Flavors.


def flavor(**more: Any) -> dict[str, Any]:
    return {"name": "small", "ram": 512, "vcpus": 1, "disk": 1} | more


@pytest.fixture
def flavors(store: Store, operations: Operations) -> Flavors:
    return Flavors(store, operations)


async def test_flavor_is_shown_as_it_was_given(flavors: Flavors, member: Caller) -> None:
    made = await flavors.create(flavor(id=7, swap="3", description="d"), describable=True)
    assert (made["id"], made["swap"], made["description"]) == ("7", 3, "d")
    assert dict(await flavors.get(member, "7")) == dict(made)
    assert (await flavors.describe("7", "other"))["description"] == "other"
    assert (await flavors.set_specs("7", {"hw:a": "1"}))["extra_specs"] == {"hw:a": "1"}
    await flavors.unset_spec("7", "hw:a")
    with pytest.raises(NotFound, match="no extra specs with key hw:a"):
        await flavors.unset_spec("7", "hw:a")
    await flavors.delete("7")
    with pytest.raises(NotFound, match="Flavor 7"):
        await flavors.get(member, "7")


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        ({"name": "x"}, BadRequest, "'ram' is a required property"),
        (flavor(colour="red"), BadRequest, "colour"),
        (flavor(description="d"), BadRequest, "description"),
        (flavor(name=" x"), BadRequest, "start or end with whitespace"),
        (flavor(ram=0), BadRequest, "ram"),
        (flavor(vcpus="many"), BadRequest, "vcpus"),
        (flavor(disk=-1), BadRequest, "disk"),
        (flavor(id=True), BadRequest, "not of type 'string'"),
        (flavor(id="a/b"), BadRequest, "does not match"),
        (flavor(rxtx_factor="quick"), BadRequest, "rxtx_factor"),
        (flavor(rxtx_factor=0), BadRequest, "not greater than 0"),
        (flavor(id="taken", name="other"), Conflict, "ID taken already exists"),
        (flavor(id="other", name="old"), Conflict, "name old already exists"),
    ],
)
async def test_flavor_refused(
    flavors: Flavors, admin: Caller, body: dict[str, Any], error: type[GatewayError], says: str
) -> None:
    await flavors.create(flavor(id="taken", name="old"), describable=True)
    with pytest.raises(error, match=says):
        await flavors.create(body, describable=False)
    assert [row["id"] for row in await flavors.list(admin, [])] == ["taken"]


async def test_private_flavor_is_for_those_it_was_granted_to(
    flavors: Flavors, member: Caller, admin: Caller
) -> None:
    private = {"os-flavor-access:is_public": False}
    await flavors.create(flavor(id="p", **private), describable=False)
    with pytest.raises(NotFound):
        await flavors.get(member, "p")
    assert (await flavors.grant("p", member.project_id))["access"] == [member.project_id]
    with pytest.raises(Conflict):
        await flavors.grant("p", member.project_id)
    assert (await flavors.get(member, "p"))["id"] == "p"
    assert [row["id"] for row in await flavors.list(member, [])] == ["p"]
    await flavors.revoke("p", member.project_id)
    with pytest.raises(NotFound):
        await flavors.revoke("p", member.project_id)
    assert await flavors.list(member, []) == []
    assert [row["id"] for row in await flavors.list(admin, [("is_public", "none")])] == ["p"]


async def test_lists_of_flavors(flavors: Flavors, admin: Caller) -> None:
    for id_, ram, disk in (("a", 512, 9), ("b", 2048, 5), ("c", 1024, 1)):
        await flavors.create(flavor(id=id_, name=id_, ram=ram, disk=disk), describable=False)

    async def ids(**asked: str) -> str:
        return "".join([row["id"] for row in await flavors.list(admin, list(asked.items()))])

    assert await ids() == "abc"
    assert await ids(minRam="1000") == "bc"
    assert await ids(minDisk="5") == "ab"
    assert await ids(sort_key="memory_mb", sort_dir="desc") == "bca"
    assert await ids(sort_key="description") == "abc"
    assert await ids(limit="1", marker="a") == "b"
    assert await ids(is_public="false") == ""
    for wrong in (
        {"minRam": "much"},
        {"sort_key": "colour"},
        {"sort_dir": "up"},
        {"limit": "few"},
        {"marker": "nobody"},
        {"is_public": "perhaps"},
    ):
        with pytest.raises(BadRequest):
            await ids(**wrong)


async def test_flavor_with_a_copy_is_cleaned_up(
    flavors: Flavors, store: Store, pods: PodDirectory
) -> None:
    await flavors.create(flavor(id="f"), describable=False)
    await Made(store).make("flavor", "f", await pods.get(ONE))
    await flavors.delete("f")
    assert len(await types(store)) == 1


# Keypairs.


@pytest.fixture
def keypairs(store: Store, operations: Operations) -> Keypairs:
    return Keypairs(store, operations)


async def test_keypair_with_a_key_of_its_own(keypairs: Keypairs) -> None:
    made, private = await keypairs.create("u", {"name": "k", "public_key": KEY}, NEW, -1)
    assert (made["public_key"], made["type"], private) == (KEY, "ssh", "")
    assert made["fingerprint"].count(":") == 15
    assert dict(await keypairs.get("u", "k")) == dict(made)
    with pytest.raises(NotFound, match="Keypair k not found for user other"):
        await keypairs.get("other", "k")
    with pytest.raises(Conflict, match="'k' already exists"):
        await keypairs.create("u", {"name": "k", "public_key": KEY}, NEW, -1)
    await keypairs.delete("u", "k")
    with pytest.raises(NotFound):
        await keypairs.delete("u", "k")


@pytest.mark.parametrize(
    ("kind", "public", "secret"),
    [
        ("ssh", r"ssh-\w+ ", "-----BEGIN [A-Z ]*PRIVATE KEY"),
        # A PKCS12 archive.
        ("x509", "-----BEGIN CERTIFICATE", "MII[A-Za-z0-9+/=]{1000}"),
    ],
)
async def test_generated_key_is_told_once(
    keypairs: Keypairs, kind: str, public: str, secret: str
) -> None:
    made, private = await keypairs.create("u", {"name": "k", "type": kind}, NEW, -1)
    assert re.match(public, made["public_key"])
    assert re.match(secret, private)
    assert private not in str(dict(await keypairs.get("u", "k")))


@pytest.mark.parametrize(
    ("body", "version", "says"),
    [
        ({}, NEW, "'name' is a required property"),
        ({"name": "a/b"}, NEW, "unsafe characters"),
        ({"name": "a@b"}, NEW, "unsafe characters"),
        ({"name": "k", "type": "rope"}, NEW, "not one of"),
        ({"name": "k", "type": "ssh"}, (2, 1), "type"),
        ({"name": "k", "user_id": "u"}, (2, 9), "user_id"),
        ({"name": "k", "public_key": 5}, NEW, "public_key"),
        ({"name": "k", "public_key": "no key"}, NEW, "[kK]ey"),
        ({"name": "k"}, (2, 92), "'public_key' is a required property"),
    ],
)
async def test_keypair_refused(
    keypairs: Keypairs, body: dict[str, Any], version: tuple[int, int], says: str
) -> None:
    with pytest.raises(BadRequest, match=says):
        await keypairs.create("u", body, version, -1)
    assert await keypairs.list("u", []) == []


async def test_keypairs_by_name_and_within_the_limit(keypairs: Keypairs) -> None:
    for name in ("b", "a"):
        await keypairs.create("u", {"name": name, "public_key": KEY}, NEW, 2)
    with pytest.raises(Forbidden, match="too many key pairs"):
        await keypairs.create("u", {"name": "c", "public_key": KEY}, NEW, 2)
    assert [row["name"] for row in await keypairs.list("u", [])] == ["a", "b"]
    assert [row["name"] for row in await keypairs.list("u", [("marker", "a")])] == ["b"]
    assert [row["name"] for row in await keypairs.list("u", [("limit", "1")])] == ["a"]
    for wrong in (("limit", "few"), ("marker", "nobody")):
        with pytest.raises(BadRequest):
            await keypairs.list("u", [wrong])


async def test_keypair_with_a_copy_is_cleaned_up(
    keypairs: Keypairs, store: Store, pods: PodDirectory
) -> None:
    name = "n" * 250
    assert len(top_id("u", name)) < 200
    await keypairs.create("u", {"name": name, "public_key": KEY}, NEW, -1)
    await Made(store).make("keypair", top_id("u", name), await pods.get(ONE))
    await keypairs.delete("u", name)
    assert len(await types(store)) == 1


# Server groups.


@pytest.fixture
def groups(store: Store, pods: PodDirectory, operations: Operations) -> ServerGroups:
    return ServerGroups(store, pods, operations, Routings(store))


async def test_server_group_belongs_to_its_project(
    groups: ServerGroups, member: Caller, other: Caller, admin: Caller
) -> None:
    body = {"name": "g", "policy": "anti-affinity", "rules": {"max_server_per_host": "2"}}
    made = await groups.create(member, body, NEW, -1)
    assert made["rules"] == {"max_server_per_host": 2}
    assert (await groups.get(member, made["id"]))["name"] == "g"
    assert (await groups.get(admin, made["id"]))["name"] == "g"
    with pytest.raises(NotFound):
        await groups.get(other, made["id"])
    with pytest.raises(BadRequest, match="could not be found"):
        await groups.hinted(admin, made["id"])
    assert len(await groups.listed(member, everybody=False)) == 1
    assert await groups.listed(admin, everybody=False) == []
    assert len(await groups.listed(admin, everybody=True)) == 1
    with pytest.raises(Forbidden, match="too many server groups"):
        await groups.create(member, body, NEW, 1)
    await groups.delete(member, made["id"])
    assert await groups.listed(admin, everybody=True) == []


async def test_members_that_share_a_host_share_a_pod(
    groups: ServerGroups, member: Caller, store: Store, pods: PodDirectory
) -> None:
    near = await groups.create(member, {"name": "g", "policies": ["affinity"]}, (2, 1), -1)
    far = await groups.create(member, {"name": "g", "policies": ["anti-affinity"]}, (2, 1), -1)
    pod = await pods.get(ONE)
    assert await groups.homes(member, near["id"]) == []
    bottom = await Made(store).make("server_group", near["id"], pod)
    await Made(store).make("server_group", far["id"], pod)
    assert await groups.homes(member, near["id"]) == [(f"server group {near['id']}", pod)]
    assert await groups.homes(member, far["id"]) == []
    server: dict[str, Any] = {"server_groups": [bottom, "strange"]}
    await groups.view(pod, [server, {}])
    assert server["server_groups"] == [near["id"], "strange"]


@pytest.mark.parametrize(
    ("body", "version", "says"),
    [
        ({"policy": "affinity"}, NEW, "'name' is a required"),
        ({"name": " g", "policy": "affinity"}, NEW, "start or end with whitespace"),
        ({"name": "g"}, NEW, "'policy' is a required"),
        ({"name": "g", "policies": ["affinity"]}, NEW, "policies"),
        ({"name": "g", "policies": ["affinity", "affinity"]}, (2, 1), "no array of one item"),
        ({"name": "g", "policies": ["soft-affinity"]}, (2, 14), "not one of"),
        ({"name": "g", "policy": "love"}, NEW, "not one of"),
        ({"name": "g", "policy": "affinity", "rules": 3}, NEW, "not of type 'object'"),
        ({"name": "g", "policy": "anti-affinity", "rules": {"x": 1}}, NEW, "x"),
        (
            {"name": "g", "policy": "affinity", "rules": {"max_server_per_host": 1}},
            NEW,
            "Only anti-affinity policy supports rules",
        ),
    ],
)
async def test_server_group_refused(
    groups: ServerGroups,
    member: Caller,
    body: dict[str, Any],
    version: tuple[int, int],
    says: str,
) -> None:
    with pytest.raises(BadRequest, match=says):
        await groups.create(member, body, version, -1)


@pytest.mark.parametrize("key", ["os:scheduler_hints", "OS-SCH-HNT:scheduler_hints"])
def test_hint_names_the_group(key: str) -> None:
    body = {key: {"group": "top", "other": 1}, "server": {}}
    assert group_hint(body) == "top"
    assert with_group(body, "bottom") == {key: {"group": "bottom", "other": 1}, "server": {}}
    assert group_hint({"server": {}}) == ""


# Aggregates and the zones that they make.


class Pods:
    """Pods with one compute host each, and what they were told of aggregates."""

    def __init__(self) -> None:
        self.hosts = {"host-1": {ONE}, "host-2": {TWO}, "twin": {ONE, TWO}}
        self.silent: set[str] = set()
        self.refusal: GatewayError | None = None
        self.converged: list[str] = []

    async def converge(self, id_: str) -> None:
        self.converged.append(id_)
        if self.refusal:
            raise self.refusal

    async def with_host(self, pods: Iterable[Pod], name: str) -> list[Pod]:
        asked = list(pods)
        for pod in asked:
            if pod.pod_id in self.silent:
                raise PodUnavailable(pod.pod_name, "no answer")
        return [pod for pod in asked if pod.pod_id in self.hosts.get(name, ())]


@pytest.fixture
def bottom() -> Pods:
    return Pods()


@pytest.fixture
def rows(store: Store, pods: PodDirectory, operations: Operations, bottom: Pods) -> Aggregates:
    return Aggregates(store, pods, operations, bottom, bottom)


async def test_aggregate_and_its_hosts(rows: Aggregates, bottom: Pods) -> None:
    made = await rows.create({"name": "fast", "availability_zone": "inner"})
    id_ = str(made["id"])
    assert (await rows.add_host(id_, "host-1"))["hosts"] == ["host-1"]
    with pytest.raises(Conflict, match="already has host host-1"):
        await rows.add_host(id_, "host-1")
    with pytest.raises(BadRequest, match="is not empty"):
        await rows.delete(id_)
    changed = await rows.set_metadata(id_, {"ssd": "true", "availability_zone": None})
    assert (changed["metadata"], changed["availability_zone"]) == ({"ssd": "true"}, None)
    assert (await rows.set_metadata(id_, {"ssd": None}))["metadata"] == {}
    assert (await rows.update(id_, {"name": "slow"}))["name"] == "slow"
    assert [(row["name"], row["hosts"]) for row in await rows.list()] == [("slow", ["host-1"])]
    assert (await rows.remove_host(id_, "host-1"))["hosts"] == []
    with pytest.raises(NotFound, match="Cannot remove host host-1"):
        await rows.remove_host(id_, "host-1")
    await rows.delete(id_)
    assert await rows.list() == []
    assert set(bottom.converged) == {id_}


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        ({}, BadRequest, "'name' is a required"),
        ({"name": "x", "hosts": []}, BadRequest, "hosts"),
        ({"name": "x", "availability_zone": "a:b"}, BadRequest, "no ':'"),
        ({"name": "taken"}, Conflict, "taken already exists"),
    ],
)
async def test_aggregate_refused(
    rows: Aggregates, body: dict[str, Any], error: type[GatewayError], says: str
) -> None:
    await rows.create({"name": "taken"})
    with pytest.raises(error, match=says):
        await rows.create(body)


async def test_changes_of_aggregates_that_are_refused(rows: Aggregates) -> None:
    first = str((await rows.create({"name": "first"}))["id"])
    await rows.create({"name": "second"})
    for id_, body, error in (
        ("one", {"name": "x"}, BadRequest),
        ("99", {"name": "x"}, NotFound),
        ("9" * 18, {"name": "x"}, NotFound),
        (first, {}, BadRequest),
        (first, {"name": "second"}, Conflict),
        (first, {"colour": "red"}, BadRequest),
    ):
        with pytest.raises(error):
            await rows.update(id_, body)
    for metadata in ("text", {"key": {}}):
        with pytest.raises(BadRequest):
            await rows.set_metadata(first, metadata)


async def test_hosts_that_cannot_be_had(rows: Aggregates, bottom: Pods) -> None:
    id_ = str((await rows.create({"name": "x"}))["id"])
    with pytest.raises(NotFound, match="Compute host moon"):
        await rows.add_host(id_, "moon")
    with pytest.raises(Conflict, match="Several pods have a compute host twin"):
        await rows.add_host(id_, "twin")
    bottom.silent.add(TWO)
    with pytest.raises(PodUnavailable):
        await rows.add_host(id_, "host-2")
    assert (await rows.get(id_))["hosts"] == []


async def test_what_a_pod_refuses_is_as_it_was(rows: Aggregates, bottom: Pods) -> None:
    id_ = str((await rows.create({"name": "x"}))["id"])
    bottom.refusal = PodFault("pod-1", 409, b"{}", "no")
    with pytest.raises(PodFault):
        await rows.add_host(id_, "host-1")
    with pytest.raises(PodFault):
        await rows.update(id_, {"name": "y"})
    row = await rows.get(id_)
    assert (row["name"], row["hosts"]) == ("x", [])
    bottom.refusal = PodUnavailable("pod-1", "away")
    assert (await rows.update(id_, {"name": "z"}))["name"] == "z"


async def test_host_is_in_one_zone(rows: Aggregates, pods: PodDirectory) -> None:
    inner = str((await rows.create({"name": "a", "availability_zone": "inner"}))["id"])
    await rows.add_host(inner, "host-1")
    elsewhere = str((await rows.create({"name": "b", "availability_zone": "az-2"}))["id"])
    with pytest.raises(Conflict, match="already in availability zone"):
        await rows.add_host(elsewhere, "host-1")
    with pytest.raises(BadRequest, match="already in availability zone"):
        await rows.update(inner, {"availability_zone": "az-2"})
    await rows.forget_host(await pods.get(ONE), "host-1")
    assert (await rows.get(inner))["hosts"] == []


async def test_aggregate_of_a_pod_goes_with_it(rows: Aggregates, store: Store) -> None:
    row = {"uuid": "u", "name": "ag_pod-1", "availability_zone": "az-1", "pod_id": ONE}
    async with store.write() as tx:
        await tx.insert(aggregates, row)
        id_ = str(await tx.value(Aggregate.select().with_only_columns(Aggregate.id)))
    for change in (rows.update(id_, {"name": "x"}), rows.delete(id_), rows.add_host(id_, "h")):
        with pytest.raises(Conflict, match="stands for a pod"):
            await change


async def test_inner_zone_is_in_the_pods_of_its_hosts(
    rows: Aggregates, store: Store, pods: PodDirectory
) -> None:
    zones, one, two = InnerZones(store, pods), await pods.get(ONE), await pods.get(TWO)
    assert await zones.all() == {}
    assert await zones.asked(one, "az-1") == ""
    id_ = str((await rows.create({"name": "a", "availability_zone": "inner"}))["id"])
    await rows.add_host(id_, "host-1")
    assert await zones.all() == {"inner": [one]}
    assert await zones.pods("inner") == [one]
    assert await zones.pods("az-1") == []
    assert await zones.shown(one, "inner") == "inner"
    assert await zones.shown(two, "inner") == "az-2"
    assert await zones.shown(one, "") == "az-1"
    assert await zones.asked(one, "inner") == "inner"
    assert await zones.asked(one, "az-1") == "nova"
    assert await zones.asked(two, "az-2") == ""


# Numbers of pods, and what leaves a pod with its last server.


async def test_number_of_a_pod_is_given_once(store: Store, pods: PodDirectory) -> None:
    numbers, one, two = PodNumbers(store, pods), await pods.get(ONE), await pods.get(TWO)
    shown = [await numbers.shown(one, 3), await numbers.shown(two, 3)]
    assert shown == [3001, 3002]
    assert await PodNumbers(store, pods).shown(two, 4) == 4002
    assert await numbers.find("3002") == (two, 3)
    for unknown in ("3009", "x", "9" * 30):
        assert await numbers.find(unknown) is None


async def test_definitions_leave_with_the_last_server(
    store: Store, pods: PodDirectory, operations: Operations
) -> None:
    made, one = Made(store), await pods.get(ONE)
    await made.make("flavor", "f", one)
    await made.make("server", "s", one)
    mine = Routing.select().where(Routing.type == "flavor")
    async with store.write() as tx:
        assert await release(tx, operations, ONE) == []
        copy = await tx.one(mine)
    assert copy is not None
    assert not await released(store, copy)
    async with store.write() as tx:
        await tx.run(Routing.table.delete().where(Routing.type == "server"))
        assert len(await release(tx, operations, ONE)) == 1
    assert await released(store, copy)
    async with store.read() as tx:
        left = await tx.one(mine)
    assert left is not None
    assert left.bottom_id is None
