"""Keypairs: each a user's own, under a name that is theirs once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from models.compute.keypairs import Keypairs, top_id
from models.database.store import Store
from models.database.tables.operation import Operation
from models.errors import BadRequest, Conflict, Forbidden, NotFound
from models.operations import Operations
from models.pods import PodDirectory
from tests.unit.network.wiring import Made

_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
_NEW = (2, 92)


@pytest.fixture
def keypairs(store: Store, operations: Operations) -> Keypairs:
    return Keypairs(store, operations)


async def _make(keypairs: Keypairs, name: str, limit: int = -1) -> None:
    await keypairs.create("u", {"name": name, "public_key": _KEY}, _NEW, limit)


async def test_a_given_key_is_kept_and_found_by_its_user(keypairs: Keypairs) -> None:
    await _make(keypairs, "k")
    row = await keypairs.get("u", "k")
    assert (row["type"], row["public_key"]) == ("ssh", _KEY)
    assert len(row["fingerprint"].split(":")) == 16
    with pytest.raises(NotFound, match="Keypair k not found for user v"):
        await keypairs.get("v", "k")
    await keypairs.delete("u", "k")
    with pytest.raises(NotFound):
        await keypairs.delete("u", "k")


@pytest.mark.parametrize(
    ("kind", "public", "digest", "secret"),
    [
        ("ssh", "ssh-rsa ", 16, "-----BEGIN [A-Z ]*PRIVATE KEY"),
        # A PKCS12 archive.
        ("x509", "-----BEGIN CERT", 20, "MII[A-Za-z0-9+/=]{1000}"),
    ],
)
async def test_a_key_is_made_where_none_is_given_and_told_once(
    keypairs: Keypairs, kind: str, public: str, digest: int, secret: str
) -> None:
    row, private = await keypairs.create("u", {"name": "k", "type": kind}, (2, 2), -1)
    assert re.match(secret, private)
    assert private not in str(dict(await keypairs.get("u", "k")))
    assert row["public_key"].startswith(public)
    assert len(row["fingerprint"].split(":")) == digest


async def test_a_key_is_read_as_it_was_written(keypairs: Keypairs) -> None:
    given = f"  {_KEY} who@where\n"
    made, _ = await keypairs.create("u", {"name": "k", "public_key": given}, _NEW, -1)
    assert made["public_key"] == given
    assert (await keypairs.get("u", "k"))["public_key"] == given


async def test_names_and_room_run_out(keypairs: Keypairs) -> None:
    await _make(keypairs, "k", limit=1)
    with pytest.raises(Forbidden, match="too many key pairs"):
        await _make(keypairs, "l", limit=1)
    with pytest.raises(Conflict, match="Key pair 'k' already exists"):
        await _make(keypairs, "k")


@pytest.mark.parametrize(
    ("body", "version", "words"),
    [
        ({"name": "k"}, _NEW, "'public_key' is a required property"),
        ({"public_key": _KEY}, _NEW, "'name' is a required property"),
        ({"name": "k/", "public_key": _KEY}, _NEW, "unsafe characters"),
        ({"name": "k@h", "public_key": _KEY}, (2, 91), "unsafe characters"),
        ({"name": "k", "user_id": "u"}, (2, 9), "user_id"),
        ({"name": "k", "public_key": 1}, _NEW, "not of type 'string'"),
        ({"name": "k", "public_key": None}, (2, 1), "not of type 'string'"),
        ({"name": " k", "public_key": _KEY}, _NEW, "start or end with whitespace"),
        ({"name": "k", "public_key": "red"}, _NEW, "failed to generate fingerprint"),
        ({"name": "k", "type": "pgp"}, (2, 2), "is not one of"),
        ({"name": "k", "type": "ssh"}, (2, 1), "'type' was unexpected"),
    ],
)
async def test_a_wrong_body_is_refused(
    keypairs: Keypairs, body: dict[str, Any], version: tuple[int, int], words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        await keypairs.create("u", body, version, -1)
    assert await keypairs.list("u", []) == []


async def test_one_with_a_copy_is_cleaned_up(
    keypairs: Keypairs, store: Store, pods: PodDirectory
) -> None:
    name = "n" * 250
    await _make(keypairs, name)
    await Made(store).make("keypair", top_id("u", name), await pods.get("id-of-pod-1"))
    await keypairs.delete("u", name)
    async with store.read() as tx:
        (operation,) = await tx.all(Operation.select())
    assert (operation.type, operation.resource_id) == ("clean-up", top_id("u", name))


async def test_lists_are_by_name_and_in_pages(keypairs: Keypairs) -> None:
    for name in ("b", "a"):
        await _make(keypairs, name)
    assert [row.name for row in await keypairs.list("u", [])] == ["a", "b"]
    assert [row.name for row in await keypairs.list("u", [("limit", "1")])] == ["a"]
    assert [row.name for row in await keypairs.list("u", [("marker", "a")])] == ["b"]
    with pytest.raises(BadRequest, match=r"marker \[x\] not found"):
        await keypairs.list("u", [("marker", "x")])
    with pytest.raises(BadRequest, match="parameters limit"):
        await keypairs.list("u", [("limit", "x")])


def test_a_long_name_has_a_short_id() -> None:
    assert top_id("u", "k") == "u/k"
    assert len(top_id("u", "k" * 255)) < 200
