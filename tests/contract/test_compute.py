"""What Nova tells about itself: versions, zones, hypervisors, limits, aggregates."""

from __future__ import annotations

from tests.contract.client import send
from tests.contract.conftest import Places
from tests.contract.play import Play


def test_versions(places: Places) -> None:
    places.compare(_versions)


def _versions(play: Play) -> None:
    demo = play.at("demo", "compute")
    demo("GET", "", expect=200)
    demo("GET", "/servers", expect=(406, "computeFault"), version="2.999")
    demo("GET", "/servers", expect=(400, "badRequest"), version="nonsense")
    answer = demo.send("GET", "/servers", version="2.60")
    assert answer.headers["openstack-api-version"] == "compute 2.60"
    assert answer.headers["x-openstack-nova-api-version"] == "2.60"
    assert answer.headers["x-openstack-request-id"].startswith("req-")
    base = play.login("demo").urls[play.cloud.pods[0], "compute"]
    assert send("GET", base, {}).status == 200
    demo("GET", "/nonsense", expect=404, compare=False)


def test_what_is_told_of_the_cloud(places: Places) -> None:
    places.compare(_told)


def _told(play: Play) -> None:
    admin, demo = play.at("trio2o", "compute"), play.at("demo", "compute")
    project = play.login("demo").project_id
    demo("GET", "/os-availability-zone", expect=200)
    admin("GET", "/os-availability-zone/detail", expect=200)
    demo("GET", "/os-availability-zone/detail", expect=(403, "forbidden"))
    for version in ("2.1", "2.53", "2.88"):
        admin("GET", "/os-hypervisors", expect=200, version=version)
        admin("GET", "/os-hypervisors/detail", expect=200, version=version)
        admin("GET", "/os-services", expect=200, version=version)
    demo("GET", "/os-hypervisors", expect=(403, "forbidden"))
    demo("GET", "/os-services", expect=(403, "forbidden"))
    for version in ("2.1", "2.36", "2.57", "2.100"):
        demo("GET", "/limits", expect=200, version=version)
        demo("GET", f"/os-quota-sets/{project}", expect=200, version=version)
    admin("GET", f"/os-quota-sets/{project}/detail", expect=200, version="2.57")
    demo("GET", f"/os-quota-sets/{project}/defaults", expect=200)


def test_aggregates(places: Places) -> None:
    places.compare(_aggregates)


def _aggregates(play: Play) -> None:
    admin, demo = play.at("trio2o", "compute"), play.at("demo", "compute")
    zone = {"name": play.name, "availability_zone": f"zone-{play.name}"}
    made = admin.make("/os-aggregates", "aggregate", expect=200, version="2.81", **zone)
    path = f"/os-aggregates/{made['id']}"
    admin("GET", path, expect=200)
    admin("GET", path, expect=200, version="2.81")
    admin("GET", "/os-aggregates", expect=200, version="2.81")
    again = {"aggregate": zone}
    admin("POST", "/os-aggregates", again, expect=(409, "conflictingRequest"))
    demo("GET", "/os-aggregates", expect=(403, "forbidden"))
    demo("POST", "/os-aggregates", again, expect=(403, "forbidden"))
    bad = {"aggregate": {"name": ""}}
    admin("POST", "/os-aggregates", bad, expect=(400, "badRequest"))
    renamed = {"aggregate": {"name": f"{play.name}-2"}}
    admin("PUT", path, renamed, expect=200)
    metadata = {"set_metadata": {"metadata": {"a": "b"}}}
    admin("POST", f"{path}/action", metadata, expect=200)
    host = {"add_host": {"host": "no-such-host"}}
    admin("POST", f"{path}/action", host, expect=(404, "itemNotFound"))
    admin("DELETE", path, expect=200)
    admin("GET", path, expect=(404, "itemNotFound"))


def test_server_groups(places: Places) -> None:
    places.compare(_groups)


def _groups(play: Play) -> None:
    demo = play.at("demo", "compute")
    given = {"name": play.name, "policy": "anti-affinity"}
    made = demo.make("/os-server-groups", "server_group", expect=200, version="2.64", **given)
    path = f"/os-server-groups/{made['id']}"
    demo("GET", path, expect=200)
    demo("GET", path, expect=200, version="2.64")
    demo("GET", "/os-server-groups", expect=200, version="2.64")
    demo("DELETE", path, expect=204)
    demo("GET", path, expect=(404, "itemNotFound"))
