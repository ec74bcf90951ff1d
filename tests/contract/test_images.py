"""Images: the little a gateway passes through."""

from __future__ import annotations

from tests.contract.conftest import Places
from tests.contract.play import Play

NOWHERE = "11111111-2222-4333-8444-555555555555"


def test_images(places: Places) -> None:
    places.compare(_images)


def _images(play: Play) -> None:
    demo, alt = play.at("demo", "image"), play.at("alt", "image")
    given = {"name": play.name, "disk_format": "raw", "container_format": "bare"}
    made = demo("POST", "/images", {**given, "visibility": "private"}, expect=201)
    path = f"/images/{made['id']}"
    play.clean(demo, path)
    assert made["status"] == "queued"
    answer = demo.send("PUT", f"{path}/file", raw=b"bytes")
    assert answer.status == 204
    shown = demo("GET", path, expect=200)
    assert (shown["status"], shown["size"]) == ("active", 5)
    demo("GET", f"/images?name={play.name}", expect=200)
    demo("GET", "/images?name=cirros", expect=200)
    demo("GET", f"/images?id=in:{made['id']}", expect=200)
    assert demo.send("GET", f"{path}/file").status == 200
    alt("GET", path, expect=404)
    demo("GET", f"/images/{NOWHERE}", expect=404)
    demo("POST", "/images", {**given, "disk_format": "nonsense"}, expect=400)
    demo("POST", "/images", {**given, "status": "active"}, expect=403)
    for schema in ("image", "images", "member", "members", "metadefs/namespaces"):
        assert demo.send("GET", f"/schemas/{schema}").status == 200
    demo("GET", "/metadefs/resource_types", expect=200)
    demo("GET", f"/metadefs/namespaces/{NOWHERE}", expect=404)
    demo("POST", "/metadefs/namespaces", {"namespace": play.name}, expect=403)
    demo("DELETE", path, expect=204)
    demo("GET", path, expect=404)
