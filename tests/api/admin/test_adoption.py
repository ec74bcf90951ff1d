"""What was made in a pod behind the gateway's back can be found, and taken over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.client import Json, User, send, until
from tests.support.stack import Stack


@pytest.fixture
def volume(stack: Stack, tenant: User) -> Iterator[Json]:
    """A volume that a tenant has made in Pod2, past the gateway."""
    url = tenant.endpoint("Pod2", "block-storage")
    headers = {"X-Auth-Token": tenant.token}
    made = send("POST", f"{url}/volumes", {"volume": {"size": 1, "name": "wild"}}, headers)
    assert made.status == 202, made.body
    found: Json = made.body["volume"]
    yield found
    send("DELETE", f"{url}/volumes/{found['id']}", None, headers)


def _adoptable(stack: Stack, volume: Json) -> list[Json]:
    rows = stack.admin.admin.list("/adoptable?pod=Pod2&type=volume", "adoptable")
    return [row for row in rows if row["bottom_id"] == volume["id"]]


def _adopt(stack: Stack, **given: str) -> tuple[int, Json]:
    body = {"resource_type": "volume", "pod_id": stack.pod_ids["Pod2"], **given}
    answer = stack.admin.admin("POST", "/routings", {"routing": body})
    return answer.status, answer.body


def test_a_volume_is_adopted(stack: Stack, tenant: User, volume: Json) -> None:
    (row,) = _adoptable(stack, volume)
    assert (row["name"], row["project_id"]) == ("wild", tenant.project_id)
    assert tenant.volume("GET", f"/volumes/{volume['id']}").status == 404
    status, body = _adopt(stack, bottom_id=volume["id"])
    assert status == 201, body
    routing = body["routing"]
    assert (routing["top_id"], routing["project_id"]) == (volume["id"], tenant.project_id)
    # Its owner has it now, and nobody else.
    assert [v["id"] for v in tenant.volume.list("/volumes")] == [volume["id"]]
    assert tenant.volume.get(f"/volumes/{volume['id']}")["availability_zone"] == "az2"
    assert stack.tenant().volume("GET", f"/volumes/{volume['id']}").status == 404
    assert _adoptable(stack, volume) == []
    (binding,) = stack.admin.admin.list(f"/bindings?tenant_id={tenant.project_id}", "pod_bindings")
    assert binding["reason"] == f"volume {volume['id']}, adopted"
    assert _adopt(stack, bottom_id=volume["id"])[0] == 409
    until(
        lambda: tenant.volume.get(f"/volumes/{volume['id']}")["status"] == "available",
        "the volume is there",
    )
    tenant.volume.delete(f"/volumes/{volume['id']}")
    stack.settle()


def test_an_audit_finds_what_is_gone(stack: Stack, tenant: User, volume: Json) -> None:
    assert _adopt(stack, bottom_id=volume["id"])[0] == 201
    url = f"{tenant.endpoint('Pod2', 'block-storage')}/volumes/{volume['id']}"
    headers = {"X-Auth-Token": tenant.token}

    def lost() -> list[str]:
        audit = stack.admin.admin.get("/audit?pod=Pod2&type=volume")
        return [row["top_id"] for row in audit["routings_without_object"]]

    assert volume["id"] not in lost()
    until(lambda: send("DELETE", url, None, headers).status in (202, 404), "it can be deleted")
    until(lambda: volume["id"] in lost(), "its routing leads nowhere")
    # A look is enough for the gateway to see it, too.
    assert tenant.volume("GET", f"/volumes/{volume['id']}").status == 404
    until(lambda: volume["id"] not in lost(), "its routing is gone")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"bottom_id": "nothing"}, "no volume nothing"),
        ({"bottom_id": "../volumes"}, "no volume"),
        ({"bottom_id": "x", "pod_id": "nowhere"}, "nowhere"),
        ({"bottom_id": "x", "resource_type": "network"}, "only: server, volume, snapshot"),
        ({"bottom_id": "x", "project_id": "mine"}, "project_id"),
        ({}, "'bottom_id' is missing"),
    ],
)
def test_what_cannot_be_adopted(stack: Stack, given: dict[str, str], words: str) -> None:
    status, body = _adopt(stack, **given)
    assert status == 400
    assert words in body["errors"][0]["detail"]


def test_it_is_for_admins(stack: Stack, tenant: User) -> None:
    for path in ("/adoptable", "/audit"):
        assert tenant.admin("GET", path).status == 403
    assert tenant.admin("POST", "/routings", {"routing": {}}).status == 403
