"""Flavors and keypairs: what a gateway copies into a pod before it boots anything."""

from __future__ import annotations

from tests.contract.conftest import Places
from tests.contract.play import Play

KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE5uuJTkeAMkfzN1gR8HNpMq5PRQ1p5XDsCDTtp5kH8e "
    "contract@test"
)
NOWHERE = "11111111-2222-4333-8444-555555555555"


def test_flavors(places: Places) -> None:
    places.compare(_flavors)


def _flavors(play: Play) -> None:
    admin, demo = play.at("trio2o", "compute"), play.at("demo", "compute")
    chosen = {"id": play.name, "name": play.name, "ram": 64, "vcpus": 1, "disk": 1}
    made = admin.make("/flavors", "flavor", expect=200, version="2.61", **chosen)
    assert made["id"] == play.name
    for version in ("2.1", "2.55", "2.61", "2.75"):
        admin("GET", f"/flavors/{play.name}", expect=200, version=version)
    demo("GET", f"/flavors/{play.name}", expect=200, version="2.61")
    demo("GET", "/flavors/detail?is_public=None", expect=200, version="2.61")
    admin("GET", "/flavors?is_public=None", expect=200)
    again = {"flavor": chosen}
    admin("POST", "/flavors", again, expect=(409, "conflictingRequest"))
    name = {"flavor": {**chosen, "id": "auto"}}
    admin("POST", "/flavors", name, expect=(409, "conflictingRequest"))
    demo(
        "POST",
        "/flavors",
        {"flavor": {**chosen, "id": "x", "name": "x"}},
        expect=(403, "forbidden"),
    )
    for change in ({"ram": 0}, {"ram": "x"}, {"vcpus": 0}, {"name": ""}, {"disk": -1}):
        bad = {"flavor": {**chosen, "id": "x", "name": "x", **change}}
        admin("POST", "/flavors", bad, expect=(400, "badRequest"))
    admin("POST", "/flavors", {"flavor": {"name": "x"}}, expect=(400, "badRequest"))
    specs = {"extra_specs": {"hw:numa_nodes": "1"}}
    admin("POST", f"/flavors/{play.name}/os-extra_specs", specs, expect=200)
    admin("GET", f"/flavors/{play.name}/os-extra_specs", expect=200)
    demo("GET", f"/flavors/{play.name}/os-extra_specs/nothing", expect=(404, "itemNotFound"))
    demo("POST", f"/flavors/{play.name}/os-extra_specs", specs, expect=(403, "forbidden"))
    bad, gone = (400, "badRequest"), (404, "itemNotFound")
    for name, value in (("hw:nonsense", "1"), ("hw:numa_nodes", "many")):
        wrong = {"extra_specs": {name: value}}
        path = f"/flavors/{play.name}/os-extra_specs"
        admin("POST", path, wrong, expect=bad, version="2.86")
        admin("PUT", f"{path}/{name}", {name: value}, expect=bad, version="2.86")
        # Specs are judged before their flavor is looked for.
        admin("POST", "/flavors/no-such/os-extra_specs", wrong, expect=bad, version="2.86")
    admin("POST", "/flavors/no-such/os-extra_specs", specs, expect=gone, version="2.86")
    private = {
        **chosen,
        "id": f"{play.name}-p",
        "name": f"{play.name}-p",
        "os-flavor-access:is_public": False,
    }
    admin.make("/flavors", "flavor", expect=200, **private)
    path = f"/flavors/{play.name}-p"
    demo("GET", path, expect=(404, "itemNotFound"))
    tenant = play.login("demo").project_id
    allow = {"addTenantAccess": {"tenant": tenant}}
    admin("POST", f"{path}/action", allow, expect=200)
    admin("POST", f"{path}/action", allow, expect=(409, "conflictingRequest"))
    demo("GET", path, expect=200)
    admin("GET", f"{path}/os-flavor-access", expect=200)
    deny = {"removeTenantAccess": {"tenant": tenant}}
    admin("POST", f"{path}/action", deny, expect=200)
    admin("POST", f"{path}/action", deny, expect=(404, "itemNotFound"))
    demo("DELETE", path, expect=(403, "forbidden"))
    admin("DELETE", path, expect=202)
    admin("DELETE", path, expect=(404, "itemNotFound"))
    demo("GET", f"/flavors/{NOWHERE}", expect=(404, "itemNotFound"))


def test_keypairs(places: Places) -> None:
    places.compare(_keypairs)


def _keypairs(play: Play) -> None:
    demo, admin = play.at("demo", "compute"), play.at("trio2o", "compute")
    owner = play.login("demo").user_id
    given = {"name": play.name, "public_key": f"{KEY}\n"}
    body = {"keypair": {**given, "user_id": owner}}
    made = admin("POST", "/os-keypairs", body, expect=201, version="2.10")["keypair"]
    play.clean(demo, f"/os-keypairs/{play.name}")
    assert (made["name"], made["user_id"]) == (play.name, owner)
    assert made["public_key"] == given["public_key"]
    demo("GET", f"/os-keypairs/{play.name}", expect=200)
    demo("GET", f"/os-keypairs/{play.name}", expect=200, version="2.10")
    demo("GET", "/os-keypairs", expect=200, version="2.10")
    demo("GET", "/os-keypairs", expect=200)
    admin("GET", f"/os-keypairs?user_id={owner}", expect=200, version="2.10")
    path = f"/os-keypairs/{play.name}?user_id={owner}"
    admin("GET", path, expect=200, version="2.10")
    admin("GET", f"/os-keypairs/{play.name}", expect=(404, "itemNotFound"), version="2.10")
    body = {"keypair": given}
    demo("POST", "/os-keypairs", body, expect=(409, "conflictingRequest"), version="2.10")
    for bad in (
        {"name": ""},
        {"name": "x y/z"},
        {"name": " x"},
        {"public_key": "nonsense"},
        {"public_key": None},
    ):
        body = {"keypair": {**given, "name": f"{play.name}-x", **bad}}
        demo("POST", "/os-keypairs", body, expect=(400, "badRequest"), version="2.10")
    other = {"keypair": {**given, "name": "x", "user_id": play.login("alt").user_id}}
    demo("POST", "/os-keypairs", other, expect=(403, "forbidden"), version="2.10")
    admin("DELETE", path, expect=204, version="2.10")
    demo("GET", f"/os-keypairs/{play.name}", expect=(404, "itemNotFound"))
