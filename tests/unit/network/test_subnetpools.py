"""Subnet pools, their scopes and tags, and how collections are listed."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest, Conflict, Forbidden, GatewayError, NotFound
from models.network.address_scopes import AddressScopes
from models.network.subnetpools import Subnetpools
from models.network.tags import Tags
from models.values import Caller

USER = Caller("u1", "p1", ("member",))
STRANGER = Caller("u2", "p2", ("member",))
ADMIN = Caller("root", "p0", ("admin",), admin=True)


async def _pool(pools: Subnetpools, name: str = "pool", **given: Any) -> dict[str, Any]:
    return await pools.create(USER, {"name": name, "prefixes": ["10.0.0.0/16"], **given})


async def test_a_pool_has_the_bounds_of_its_version(pools: Subnetpools) -> None:
    four = await _pool(pools)
    six = await _pool(pools, prefixes=["fd00::/48"])
    names = ("ip_version", "min_prefixlen", "default_prefixlen", "max_prefixlen")
    assert [four[name] for name in names] == [4, "8", "8", "32"]
    assert [six[name] for name in names] == [6, "64", "64", "128"]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"prefixes": ["10.0.0.0/8", "fd00::/8"]}, "PrefixVersionMismatch"),
        ({"min_prefixlen": 28, "max_prefixlen": 24}, "IllegalSubnetPoolPrefixBounds"),
        ({"max_prefixlen": 33}, "IllegalSubnetPoolPrefixBounds"),
        ({"default_prefixlen": 30, "max_prefixlen": 24}, "IllegalSubnetPoolPrefixBounds"),
        ({"default_prefixlen": 8, "min_prefixlen": 24}, "IllegalSubnetPoolPrefixBounds"),
        ({"shared": True}, "PolicyNotAuthorized"),
        ({"red": 1}, "HTTPBadRequest"),
        ({"id": "x"}, "HTTPBadRequest"),
        ({"project_id": "p2"}, None),
    ],
)
async def test_pools_that_cannot_be(
    pools: Subnetpools, given: dict[str, Any], kind: str | None
) -> None:
    with pytest.raises(GatewayError) as refused:
        await _pool(pools, **given)
    assert kind is None or refused.value.kind == kind
    assert (await pools.list(ADMIN, [])).items == []


async def test_prefixes_are_added_and_taken(pools: Subnetpools) -> None:
    id_ = (await _pool(pools))["id"]
    added = await pools.add_prefixes(USER, id_, ["10.1.0.0/16"])
    assert added == ["10.0.0.0/15"]
    assert await pools.remove_prefixes(USER, id_, ["10.1.0.0/16"]) == ["10.0.0.0/16"]
    with pytest.raises(BadRequest):
        await pools.update(USER, id_, {"prefixes": ["10.0.0.0/24"]})


async def test_a_pool_is_its_projects_own_until_it_is_shared(pools: Subnetpools) -> None:
    id_ = (await _pool(pools))["id"]
    for caller in (USER, ADMIN):
        assert (await pools.show(caller, id_))["id"] == id_
    with pytest.raises(NotFound):
        await pools.show(STRANGER, id_)
    body = {"name": "shared", "prefixes": ["10.9.0.0/16"], "shared": True}
    shared = await pools.create(ADMIN, body)
    assert (await pools.show(STRANGER, shared["id"]))["shared"] is True
    with pytest.raises(Forbidden):
        await pools.delete(STRANGER, shared["id"])


async def test_a_deleted_pool_is_gone(pools: Subnetpools) -> None:
    id_ = (await _pool(pools))["id"]
    await pools.delete(USER, id_)
    with pytest.raises(NotFound):
        await pools.show(USER, id_)


async def test_a_scope_keeps_its_pools_apart(scopes: AddressScopes, pools: Subnetpools) -> None:
    scope = await scopes.create(USER, {"name": "s", "ip_version": 4})
    await _pool(pools, address_scope_id=scope["id"])
    with pytest.raises(Conflict) as refused:
        await _pool(pools, prefixes=["10.0.9.0/24"], address_scope_id=scope["id"])
    assert refused.value.kind == "AddressScopePrefixConflict"
    with pytest.raises(BadRequest) as refused_version:
        await _pool(pools, prefixes=["fd00::/48"], address_scope_id=scope["id"])
    assert refused_version.value.kind == "IllegalSubnetPoolIpVersionAssociationToAddressScope"
    with pytest.raises(Conflict) as in_use:
        await scopes.delete(USER, scope["id"])
    assert in_use.value.kind == "AddressScopeInUse"


async def test_a_shared_scope_stays_shared(scopes: AddressScopes) -> None:
    scope = await scopes.create(ADMIN, {"name": "s", "ip_version": 4, "shared": True})
    with pytest.raises(BadRequest) as refused:
        await scopes.update(ADMIN, scope["id"], {"shared": False})
    assert refused.value.kind == "AddressScopeUpdateError"


async def test_tags_are_added_replaced_and_taken(pools: Subnetpools) -> None:
    tags, id_ = Tags(pools), (await _pool(pools))["id"]
    assert await tags.replace(USER, id_, ["b", "a"]) == ["a", "b"]
    assert await tags.add(USER, id_, ["c", "a"]) == ["c", "a"]
    assert await tags.all(USER, id_) == ["a", "b", "c"]
    await tags.remove(USER, id_, "b")
    await tags.has(USER, id_, "a")
    for call in (tags.has(USER, id_, "b"), tags.remove(USER, id_, "b"), tags.all(STRANGER, id_)):
        with pytest.raises(NotFound):
            await call


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ([], {"a", "b", "c"}),
        ([("name", "a")], {"a"}),
        ([("name", "a"), ("name", "c")], {"a", "c"}),
        ([("ip_version", "6")], {"c"}),
        ([("is_default", "true")], set()),
        ([("project_id", "p2")], set()),
        ([("tags", "red")], {"a"}),
        ([("tags-any", "red,blue")], {"a", "b"}),
        ([("not-tags", "red")], {"b", "c"}),
        ([("not-tags-any", "red,blue")], {"c"}),
        ([("created_at", "2001-01-01T00:00:00Z")], set()),
        ([("changed_since", "2001-01-01T00:00:00Z")], {"a", "b", "c"}),
    ],
)
async def test_lists_have_what_the_filters_ask_for(
    pools: Subnetpools, query: list[tuple[str, str]], names: set[str]
) -> None:
    first, second = await _pool(pools, "a"), await _pool(pools, "b")
    await _pool(pools, "c", prefixes=["fd00::/48"])
    await Tags(pools).replace(USER, first["id"], ["red"])
    await Tags(pools).replace(USER, second["id"], ["blue"])
    assert {item["name"] for item in (await pools.list(USER, query)).items} == names


@pytest.mark.parametrize("way", ["asc", "desc"])
async def test_pages_have_every_object_once_in_order(pools: Subnetpools, way: str) -> None:
    for name in ("b", "e", "a", "d", "c"):
        await _pool(pools, name)
    sort, seen, marker = [("sort_key", "name"), ("sort_dir", way)], [], ""
    while items := (await pools.list(USER, [*sort, ("limit", "2"), ("marker", marker)])).items:
        seen += [item["name"] for item in items]
        marker = items[-1]["id"]
    assert seen == sorted("abcde", reverse=way == "desc")


@pytest.mark.parametrize(
    "query",
    [
        [("red", "1")], [("limit", "-1")], [("limit", "x")], [("sort_key", "name")],
        [("sort_key", "red"), ("sort_dir", "asc")], [("sort_key", "tags"), ("sort_dir", "asc")],
        [("sort_key", "name"), ("sort_dir", "up")], [("name", "nul\0l")], [("ip_version", "x")],
        [("is_default", "perhaps")], [("changed_since", "yesterday")],
    ],
)  # fmt: skip
async def test_queries_that_cannot_be(pools: Subnetpools, query: list[tuple[str, str]]) -> None:
    with pytest.raises(BadRequest):
        await pools.list(USER, query)


async def test_a_marker_that_nobody_has_is_not_found(pools: Subnetpools) -> None:
    with pytest.raises(NotFound):
        await pools.list(USER, [("limit", "1"), ("marker", "nothing")])
