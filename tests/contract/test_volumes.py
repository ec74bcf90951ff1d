"""Volumes, their types and attachments."""

from __future__ import annotations

from typing import Any

from tests.contract.client import Answer
from tests.contract.conftest import Places
from tests.contract.play import Caller, Play

NOWHERE = "11111111-2222-4333-8444-555555555555"


def _ready(answer: Answer) -> bool:
    return answer.body["volume"]["status"] in ("available", "error")


def volume(caller: Caller, version: str = "", **given: Any) -> Any:
    """A volume that can be used."""
    made = caller.make("/volumes", "volume", expect=202, version=version, **given)
    answer = caller.until(f"/volumes/{made['id']}", _ready, "available")
    assert answer.body["volume"]["status"] == "available"
    return made


def test_volumes(places: Places) -> None:
    places.compare(_volumes)


def _volumes(play: Play) -> None:
    demo, admin = play.at("demo", "block-storage"), play.at("trio2o", "block-storage")
    given = {"name": play.name, "size": 1, "description": "d", "metadata": {"a": "b"}}
    made = volume(demo, "3.71", **given)
    path = f"/volumes/{made['id']}"
    for version in ("", "3.13", "3.48", "3.61", "3.63", "3.65", "3.69", "3.71"):
        demo("GET", path, expect=200, version=version)
        admin("GET", path, expect=200, version=version)
    project = play.login("demo").project_id
    demo("GET", f"/volumes/detail?name={play.name}", expect=200)
    demo("GET", f"/volumes?name={play.name}", expect=200)
    admin("GET", f"/volumes/detail?all_tenants=1&name={play.name}", expect=200)
    base = demo.send("GET", f"/{project}{path}")
    assert (base.status, base.body["volume"]["id"]) == (200, made["id"])
    body = {"volume": {"name": f"{play.name}-2", "description": "e"}}
    demo("PUT", path, body, expect=200)
    demo("POST", f"{path}/metadata", {"metadata": {"c": "d"}}, expect=200)
    demo("GET", f"{path}/metadata", expect=200)
    demo("DELETE", f"{path}/metadata/c", expect=200)
    smaller = {"os-extend": {"new_size": 1}}
    demo("POST", f"{path}/action", smaller, expect=(400, "badRequest"))
    alt = play.at("alt", "block-storage")
    alt("GET", path, expect=(404, "itemNotFound"))
    alt("DELETE", path, expect=(404, "itemNotFound"))
    snapshot = {"name": play.name, "volume_id": made["id"]}
    taken = demo.make("/snapshots", "snapshot", expect=202, **snapshot)
    where = f"/snapshots/{taken['id']}"
    demo.until(where, lambda a: a.body["snapshot"]["status"] == "available", "available")
    demo("GET", where, expect=200)
    demo("GET", where, expect=200, version="3.65")
    demo("GET", f"/snapshots/detail?name={play.name}", expect=200)
    demo("DELETE", path, expect=(400, "badRequest"))
    demo("DELETE", where, expect=202)
    demo.until(where, lambda answer: answer.status == 404, "gone")
    demo("DELETE", path, expect=202)
    demo.until(path, lambda answer: answer.status == 404, "gone")
    demo("GET", path, expect=(404, "itemNotFound"))


def test_refusals_of_volumes(places: Places) -> None:
    places.compare(_refusals)


def _refusals(play: Play) -> None:
    demo = play.at("demo", "block-storage")
    good: dict[str, Any] = {"name": play.name, "size": 1}
    for change, status, kind in (
        ({"size": 0}, 400, "badRequest"),
        ({"size": "x"}, 400, "badRequest"),
        ({"size": None}, 400, "badRequest"),
        ({"availability_zone": "no-such-zone"}, 400, "badRequest"),
        ({"volume_type": "no-such-type"}, 404, "itemNotFound"),
        ({"snapshot_id": NOWHERE}, 404, "itemNotFound"),
        ({"source_volid": NOWHERE}, 404, "itemNotFound"),
        ({"imageRef": NOWHERE}, 400, "badRequest"),
        ({"metadata": {"a": 1}}, 400, "badRequest"),
    ):
        body = {"volume": {**good, **change}}
        demo("POST", "/volumes", body, expect=(status, kind))
    demo("POST", "/volumes", {}, expect=(400, "badRequest"))
    # Cinder's defaults let even a reader create: a gateway has to know better by itself.
    volume(play.at("viewer", "block-storage"), **good)
    demo("GET", f"/volumes/{NOWHERE}", expect=(404, "itemNotFound"))
    demo("GET", "/volumes/nonsense", expect=(404, "itemNotFound"))
    demo("GET", f"/volumes?marker={NOWHERE}", expect=(404, "itemNotFound"))
    demo("GET", "/volumes?limit=nonsense", expect=(400, "badRequest"))
    demo("GET", "/volumes?offset=nonsense", expect=(400, "badRequest"))
    demo("GET", "/volumes", expect=406, version="3.999")
    demo("GET", "/volumes", expect=400, version="nonsense")
    demo("GET", "/consistencygroups", expect=200)
    demo("GET", "/cgsnapshots", expect=200)
    for collection in ("consistencygroups", "cgsnapshots"):
        demo("GET", f"/{collection}/{NOWHERE}", expect=(404, "itemNotFound"))
    nothing = {"consistencygroup": {"name": play.name}}
    demo("POST", "/consistencygroups", nothing, expect=(400, "badRequest"))


def test_lists_are_paged(places: Places) -> None:
    places.compare(_paged)


def _paged(play: Play) -> None:
    demo = play.at("demo", "block-storage")
    # By size, since volumes made within one second have no order by time.
    ids = [volume(demo, name=play.name, size=size)["id"] for size in (1, 2)]
    largest = f"/volumes?name={play.name}&sort=size:desc&limit=1"
    page = demo("GET", largest, expect=200)
    assert [row["id"] for row in page["volumes"]] == ids[1:]
    assert page["volumes_links"][0]["rel"] == "next"
    page = demo("GET", f"{largest}&marker={ids[1]}", expect=200)
    assert [row["id"] for row in page["volumes"]] == ids[:1]
    page = demo("GET", f"/volumes?name={play.name}&sort=size:asc", expect=200)
    assert [row["id"] for row in page["volumes"]] == ids
    counted = f"/volumes/detail?name={play.name}&with_count=True"
    assert demo("GET", counted, expect=200, version="3.45")["count"] == 2
    for nothing in ("4", "text"):
        assert not demo("GET", f"/volumes?metadata={nothing}", expect=200)["volumes"]
        demo("GET", f"/volumes/summary?metadata={nothing}", expect=200, version="3.12")


def test_types_and_what_is_told(places: Places) -> None:
    places.compare(_types)


def _types(play: Play) -> None:
    demo, admin = play.at("demo", "block-storage"), play.at("trio2o", "block-storage")
    project = play.login("demo").project_id
    given = {"name": play.name, "description": "d", "extra_specs": {"a": "b"}}
    made = admin.make("/types", "volume_type", expect=200, **given)
    path = f"/types/{made['id']}"
    demo("GET", path, expect=200)
    admin("GET", path, expect=200)
    demo("GET", "/types", expect=200)
    demo("GET", "/types/default", expect=200)
    admin("GET", "/types?is_public=none", expect=200)
    admin("GET", f"{path}/extra_specs", expect=200)
    admin("POST", f"{path}/extra_specs", {"extra_specs": {"c": "d"}}, expect=200)
    again = {"volume_type": given}
    admin("POST", "/types", again, expect=(409, "conflictingRequest"))
    demo("POST", "/types", again, expect=(403, "forbidden"))
    admin("POST", "/types", {"volume_type": {"name": ""}}, expect=(400, "badRequest"))
    admin("DELETE", path, expect=202)
    demo("GET", path, expect=(404, "itemNotFound"))
    demo("GET", "/os-availability-zone", expect=200)
    demo("GET", "/limits", expect=200)
    # With keys for every type there is, others' in the lab among them.
    quota = f"/os-quota-sets/{project}?usage="
    plain = demo("GET", f"{quota}False", expect=200, compare=False)["quota_set"]
    assert {"volumes", "gigabytes", "snapshots_file"} <= set(plain)
    used = demo("GET", f"{quota}True", expect=200, compare=False)["quota_set"]
    assert set(used["volumes"]) >= {"limit", "in_use", "reserved"}
    admin("GET", "/os-services", expect=200)
    demo("GET", "/os-services", expect=(403, "forbidden"))
    demo("GET", "/", expect=200)
