"""What the gateway itself keeps for compute and volumes is read back as it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from models.database.tables.compute import Aggregate, Flavor, Keypair, ServerGroup
from models.database.tables.volume import GroupType, QosSpecs, VolumeType
from tests.support.client import Api, Json
from tests.support.stack import Stack

KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
    "  who@where \n"
)
SPACED = " a text  with white space "
_PUBLIC = "os-flavor-access:is_public"
_TYPE_PUBLIC = "os-volume-type-access:is_public"


@dataclass(frozen=True)
class Kept:
    """One kind: what is written at first, what a PUT may change, and what is shown otherwise."""

    row: Any
    service: str
    path: str
    member: str
    body: Json
    changes: tuple[str, ...] = ()
    version: str = "2.96"
    by: str = "id"
    # Written columns that are the gateway's own, or set by calls of their own.
    own: tuple[str, ...] = ()
    # How a column's value is spelt by a client, where it has another name.
    names: dict[str, str] = field(default_factory=dict)


KINDS = (
    Kept(
        Keypair, "compute", "/os-keypairs", "keypair",
        {"name": "read back", "type": "ssh", "public_key": KEY},
        by="name", own=("id", "user_id", "fingerprint", "created_at"),
    ),
    Kept(
        Flavor, "compute", "/flavors", "flavor",
        {"name": "read  back", "id": "read. back-1", "ram": 64, "vcpus": 2, "disk": 3, "swap": 5,
         "OS-FLV-EXT-DATA:ephemeral": 4, "rxtx_factor": 1.5, _PUBLIC: False,
         "description": SPACED},
        changes=("description",), own=("created_at", "extra_specs", "access", "disabled"),
        names={"ephemeral": "OS-FLV-EXT-DATA:ephemeral", "is_public": _PUBLIC},
    ),
    Kept(
        Aggregate, "compute", "/os-aggregates", "aggregate",
        {"name": "read  back", "availability_zone": "read back"},
        changes=("name", "availability_zone"),
        own=("id", "uuid", "created_at", "updated_at", "pod_id", "metadata", "numbers"),
    ),
    Kept(
        ServerGroup, "compute", "/os-server-groups", "server_group",
        {"name": "read  back", "policy": "anti-affinity", "rules": {"max_server_per_host": 3}},
        own=("id", "project_id", "user_id", "created_at"),
    ),
    Kept(
        VolumeType, "volume", "/types", "volume_type",
        {"name": SPACED, "description": SPACED, _TYPE_PUBLIC: False,
         "extra_specs": {"a key": SPACED}},
        changes=("name", "description"), version="3.70", names={"is_public": _TYPE_PUBLIC},
        own=("id", "access", "encryption", "created_at", "qos_specs_id"),
    ),
    Kept(
        GroupType, "volume", "/group_types", "group_type",
        {"name": SPACED, "description": SPACED, "is_public": False,
         "group_specs": {"key": SPACED}},
        changes=("name", "description", "is_public"), version="3.70",
        own=("id", "created_at"),
    ),
    Kept(
        QosSpecs, "volume", "/qos-specs", "qos_specs",
        {"name": "read  back", "consumer": "front-end", "total_iops_sec": SPACED},
        version="3.70", own=("id", "created_at"), names={"specs": "total_iops_sec"},
    ),
)  # fmt: skip


@pytest.fixture(params=KINDS, ids=lambda kind: str(kind.member))
def kind(request: pytest.FixtureRequest) -> Kept:
    found: Kept = request.param
    return found


@pytest.fixture
def api(stack: Stack, kind: Kept) -> Callable[..., Any]:
    found: Api = getattr(stack.admin, kind.service)
    word = "compute" if kind.service == "compute" else "volume"
    version = f"{word} {kind.version}"

    def call(method: str, path: str, body: Any = None) -> Any:
        return found(method, path, body, OpenStack_API_Version=version)

    return call


@pytest.fixture
def path(api: Callable[..., Any], kind: Kept) -> Iterator[str]:
    made = api("POST", kind.path, {kind.member: kind.body})
    assert made.status in (200, 201, 202), made.body
    shown = made.body[kind.member]
    name = str(shown[kind.by]).replace(" ", "%20")
    assert _told(kind, shown) == kind.body
    yield f"{kind.path}/{name}"
    assert api("DELETE", f"{kind.path}/{name}").status in (200, 202, 204)


def test_it_is_read_as_it_was_written(api: Callable[..., Any], kind: Kept, path: str) -> None:
    read = api("GET", path).body[kind.member]
    assert _told(kind, read) == kind.body
    if kind.changes:
        changes = {name: read[name] for name in kind.changes}
        for said in (*({name: value} for name, value in changes.items()), changes):
            answer = api("PUT", path, {kind.member: said})
            assert answer.status == 200, (said, answer.body)
            after = api("GET", path).body[kind.member]
            assert {**after, "updated_at": None} == {**read, "updated_at": None}


def test_every_column_that_a_client_fills_is_written(kind: Kept) -> None:
    columns = {column.name for column in kind.row.table.c} - set(kind.own)
    assert {kind.names.get(name, name) for name in columns} == kind.body.keys()


def _told(kind: Kept, shown: Json) -> Json:
    flat = {**shown, **shown.get("specs", {})}
    return {name: flat[name] for name in kind.body}
