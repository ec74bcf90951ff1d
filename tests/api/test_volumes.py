"""Volumes when pods refuse, break or fall silent; and types, when a pod is away."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from tests.support.client import Answer, User, until
from tests.support.stack import Stack
from tests.support.topology import Site

MAKE = {"region": "Pod2", "service": "volume", "method": "POST", "path": "/volumes$", "times": 1}
VERSION = {"OpenStack-API-Version": "volume 3.60"}
# What happens to the first pod of the zone when it is asked.
TROUBLE: dict[str, dict[str, Any]] = {
    "it has no room": {"kind": "status", "status": 413},
    "it breaks": {"kind": "status", "status": 503},
    "it cannot be reached": {"kind": "refuse"},
    "its answer is lost": {"kind": "lose"},
}


def _pod_of(stack: Stack, volume_id: str) -> str:
    row = stack.routings(resource_type="volume", top_id=volume_id)[0]
    return next(name for name, id_ in stack.pod_ids.items() if id_ == row["pod_id"])


def _bound(stack: Stack, user: User, pod: str) -> None:
    """Have the project prefer a pod."""
    binding = {"tenant_id": user.project_id, "pod_id": stack.pod_ids[pod]}
    made = stack.admin.admin("POST", "/bindings", {"pod_binding": binding})
    assert made.status in (200, 201), made.body


def _gone(user: User, volume_id: str) -> bool:
    return user.volume("GET", f"/volumes/{volume_id}").status == 404


@pytest.mark.parametrize("trouble", TROUBLE)
def test_the_next_pod_of_the_zone_is_asked(stack: Stack, tenant: User, trouble: str) -> None:
    with stack.nothing_left():
        _bound(stack, tenant, "Pod2")
        with stack.simulator.fault(**MAKE, **TROUBLE[trouble]) as seen:
            volume = tenant.volume.make(
                "/volumes", size=1, name=secrets.token_hex(4), availability_zone="az2"
            )
        assert seen["hits"] == 1
        assert _pod_of(stack, volume["id"]) == "Pod3"
        assert volume["availability_zone"] == "az2"
        until(
            lambda: tenant.volume.get(f"/volumes/{volume['id']}")["status"] == "available",
            "the volume is there",
        )
        tenant.volume.delete(f"/volumes/{volume['id']}")
        until(lambda: _gone(tenant, volume["id"]), "the volume is gone")


def test_what_is_still_being_made_is_cleaned_up_all_the_same(stack: Stack, tenant: User) -> None:
    with stack.nothing_left():
        _bound(stack, tenant, "Pod2")
        stack.simulator.settings(build_delay=1.0)
        try:
            with stack.simulator.fault(**MAKE, kind="lose"):
                made = tenant.volume.make("/volumes", size=1, availability_zone="az2")
            until(lambda: not stack.simulator.inventory("Pod2")["volumes"], "it is gone")
        finally:
            stack.simulator.settings(build_delay=0.05)
        path = f"/volumes/{made['id']}"
        until(lambda: tenant.volume.get(path)["status"] == "available", "the volume is there")
        tenant.volume.delete(path)
        until(lambda: _gone(tenant, made["id"]), "the volume is gone")


@pytest.mark.parametrize("kind", ["snapshot", "backup"])
def test_so_is_what_is_made_of_a_volume(stack: Stack, tenant: User, kind: str) -> None:
    with stack.nothing_left():
        volume = tenant.volume.make("/volumes", size=1, availability_zone="az1")
        path = f"/volumes/{volume['id']}"
        until(lambda: tenant.volume.get(path)["status"] == "available", "the volume is there")
        lost = {"kind": "lose", "service": "volume", "method": "POST", "path": f"/{kind}s$"}
        stack.simulator.settings(build_delay=1.0)
        try:
            with stack.simulator.fault(**lost, times=1):
                body = {kind: {"volume_id": volume["id"], "name": secrets.token_hex(4)}}
                assert tenant.volume("POST", f"/{kind}s", body).status == 503
            until(lambda: not stack.simulator.inventory("Pod1")[f"{kind}s"], "it is gone")
        finally:
            stack.simulator.settings(build_delay=0.05)
        until(lambda: tenant.volume("DELETE", path).status == 202, "the volume can be deleted")
        until(lambda: _gone(tenant, volume["id"]), "the volume is gone")


def test_without_a_zone_everything_stays_together(stack: Stack, tenant: User) -> None:
    ids = [tenant.volume.make("/volumes", size=1, availability_zone="az2")["id"]]
    ids += [tenant.volume.make("/volumes", size=1, availability_zone="az1")["id"]]
    ids += [tenant.volume.make("/volumes", size=1)["id"] for _ in range(2)]
    homes = [_pod_of(stack, id_) for id_ in ids]
    assert homes[2:] == [homes[0]] * 2
    for id_ in ids:
        until(
            lambda id_=id_: tenant.volume("DELETE", f"/volumes/{id_}").status == 202,
            "the volume can be deleted",
        )
        until(lambda id_=id_: _gone(tenant, id_), "the volume is gone")


def test_a_silent_pod_is_named(stack: Stack, tenant: User) -> None:
    silent = {"kind": "refuse", "region": "Pod3", "service": "volume"}
    with stack.simulator.fault(**silent):
        for noun in ("volumes", "snapshots", "backups", "volume-transfers", "attachments"):
            listed = tenant.volume("GET", f"/{noun}", **VERSION)
            assert listed.status == 200, listed.body
            assert listed.headers["x-trio2o-missing-pods"] == "Pod3"
        asked = tenant.volume("GET", "/volumes/summary", **VERSION)
        assert asked.status == 503
        assert "Pod3" in asked.message
        unknown = tenant.volume("GET", f"/volume-transfers/{secrets.token_hex(16)}")
        assert unknown.status == 503
        types = tenant.volume("GET", "/types")
        assert types.status == 200


def test_a_change_of_a_type_reaches_a_pod_that_was_away(stack: Stack, tenant: User) -> None:
    admin = stack.admin.volume
    made = admin("POST", "/types", {"volume_type": {"name": f"type-{secrets.token_hex(4)}"}})
    type_id = made.body["volume_type"]["id"]
    volumes = [
        tenant.volume.make("/volumes", size=1, volume_type=type_id, availability_zone=zone)["id"]
        for zone in ("az1", "az2")
    ]
    pods = {_pod_of(stack, id_) for id_ in volumes}
    away = {"kind": "status", "status": 503, "region": "Pod1", "service": "volume"}
    renamed = f"type-{secrets.token_hex(4)}"
    with stack.simulator.fault(**away, method="PUT", path="/types/"):
        changed = admin("PUT", f"/types/{type_id}", {"volume_type": {"name": renamed}})
        assert changed.status == 200, changed.body
    stack.settle()
    for id_ in volumes:
        assert tenant.volume.get(f"/volumes/{id_}")["volume_type"] == renamed
    # One pod refuses: nothing changes in the others.
    refused = {"kind": "status", "status": 400, "region": "Pod1", "service": "volume"}
    with stack.simulator.fault(**refused, method="PUT", path="/types/", times=1):
        answer = admin("PUT", f"/types/{type_id}", {"volume_type": {"name": "never"}})
        assert answer.status == 400
    assert admin.get(f"/types/{type_id}")["name"] == renamed
    assert {tenant.volume.get(f"/volumes/{id_}")["volume_type"] for id_ in volumes} == {renamed}
    for id_ in volumes:
        until(
            lambda id_=id_: tenant.volume("DELETE", f"/volumes/{id_}").status == 202,
            "the volume can be deleted",
        )
        until(lambda id_=id_: _gone(tenant, id_), "the volume is gone")
    admin.delete(f"/types/{type_id}")
    names = {row["name"] for pod in pods for row in stack.simulator.inventory(pod)["types"]}
    assert renamed not in names


def test_a_disk_of_a_server_is_of_the_type_asked_for(stack: Stack, tenant: User) -> None:
    admin, site = stack.admin.volume, Site(stack, tenant)
    made = admin("POST", "/types", {"volume_type": {"name": f"type-{secrets.token_hex(4)}"}})
    type_ = made.body["volume_type"]
    disk = {
        "boot_index": 0,
        "source_type": "image",
        "destination_type": "volume",
        "uuid": site.image(),
        "volume_size": 1,
        "delete_on_termination": True,
    }
    server = {"name": "vm", "imageRef": "", "flavorRef": site.flavor(), "networks": "none"}
    server |= {"availability_zone": "az2"}

    def boot(wanted: str) -> Answer:
        disks = {"block_device_mapping_v2": [disk | {"volume_type": wanted}]}
        version = {"OpenStack-API-Version": "compute 2.67"}
        return tenant.compute("POST", "/servers", {"server": server | disks}, **version)

    assert boot("no-such-type").status == 400
    booted = boot(type_["id"])
    assert booted.status == 202, booted.body
    path = f"/servers/{booted.body['server']['id']}"
    until(lambda: tenant.compute.get(path)["status"] == "ACTIVE", "the server is there")
    volume = tenant.volume.list("/volumes/detail", "volumes")[0]
    assert (volume["volume_type"], volume["bootable"]) == (type_["name"], "true")
    tenant.compute.delete(path)
    until(lambda: _gone(tenant, volume["id"]), "the volume went with its server")
    until(lambda: admin("DELETE", f"/types/{type_['id']}").status == 202, "the type is free")
