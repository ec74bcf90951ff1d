"""Server groups: what is kept, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from models.compute.server_groups import ServerGroups, group_hint, with_group
from models.database.store import Store
from models.errors import BadRequest, Forbidden, NotFound
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller
from tests.unit.network.wiring import Made

_NEW = (2, 64)
ONE = "id-of-pod-1"


@pytest.fixture
def groups(store: Store, pods: PodDirectory, operations: Operations) -> ServerGroups:
    return ServerGroups(store, pods, operations, Routings(store))


async def test_a_group_is_its_projects(
    groups: ServerGroups, member: Caller, other: Caller, admin: Caller
) -> None:
    made = await groups.create(member, {"name": "g", "policy": "affinity"}, _NEW, 1)
    with pytest.raises(Forbidden, match="too many server groups"):
        await groups.create(member, {"name": "h", "policy": "affinity"}, _NEW, 1)
    assert (await groups.get(admin, made["id"]))["policy"] == "affinity"
    with pytest.raises(NotFound, match="Instance group"):
        await groups.get(other, made["id"])
    with pytest.raises(BadRequest, match="Instance group"):
        await groups.hinted(admin, made["id"])
    assert await groups.listed(other, everybody=False) == []
    assert len(await groups.listed(admin, everybody=True)) == 1
    assert len(await groups.listed(member, everybody=False)) == 1
    assert await groups.listed(admin, everybody=False) == []
    await groups.delete(member, made["id"])
    assert await groups.listed(admin, everybody=True) == []


async def test_a_rule_is_a_number(groups: ServerGroups, member: Caller) -> None:
    body = {"name": "g", "policy": "anti-affinity", "rules": {"max_server_per_host": "2"}}
    made = await groups.create(member, body, _NEW, -1)
    assert made["rules"] == {"max_server_per_host": 2}


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
    ("body", "version", "words"),
    [
        ({"policy": "affinity"}, _NEW, "'name' is a required property"),
        ({"name": "g"}, _NEW, "'policy' is a required property"),
        ({"name": " g", "policy": "affinity"}, _NEW, "start or end with whitespace"),
        ({"name": "g", "policy": "red"}, _NEW, "'red' is not one of"),
        ({"name": "g", "policies": ["soft-affinity"]}, (2, 14), "is not one of"),
        ({"name": "g", "policies": []}, (2, 15), "no array of one item"),
        ({"name": "g", "policies": ["affinity", "affinity"]}, (2, 1), "no array of one item"),
        ({"name": "g", "policies": ["affinity"]}, _NEW, "policies"),
        ({"name": "g", "policy": "anti-affinity", "rules": {"x": 1}}, _NEW, "x"),
        ({"name": "g", "policy": "affinity", "rules": 1}, _NEW, "not of type 'object'"),
        (
            {"name": "g", "policy": "affinity", "rules": {"max_server_per_host": 1}},
            _NEW,
            "Only anti-affinity policy supports rules",
        ),
    ],
)
async def test_a_wrong_body_is_refused(
    groups: ServerGroups,
    member: Caller,
    body: dict[str, Any],
    version: tuple[int, int],
    words: str,
) -> None:
    with pytest.raises(BadRequest, match=words):
        await groups.create(member, body, version, -1)


@pytest.mark.parametrize("key", ["os:scheduler_hints", "OS-SCH-HNT:scheduler_hints"])
def test_the_group_in_the_hints(key: str) -> None:
    body = {key: {"group": "g", "query": "q"}}
    assert group_hint(body) == "g"
    assert with_group(body, "h") == {key: {"group": "h", "query": "q"}}
    assert group_hint({}) == ""
