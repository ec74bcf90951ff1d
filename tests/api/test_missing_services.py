"""Pods that lack a service: everybody else's requests are as ever, and the gap has a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.main import APIS
from tests.support.client import Answer, Json, User, until
from tests.support.processes import PROGRAMS
from tests.support.simulator import SPARE
from tests.support.stack import Stack
from tests.support.topology import Site

MISSING = "x-trio2o-missing-pods"
CINDER = ("block-storage", "volumev3")
ALL = ("identity", "compute", "network", "image", *CINDER)
# The lists of each API that can be asked for without knowing anything.
LISTS = [
    (api.name, route.path)
    for api in APIS
    if api.name in ("compute", "network", "volume")
    for route in api.routes().declared
    if route.method == "GET" and "{" not in route.path
]


class Lacking(Stack):
    """Pod1, alone in its zone, has neither Cinder nor Glance; Spare has nothing yet."""

    def _start_regions(self) -> Json:
        clouds = super()._start_regions()
        self.simulator.withdraw("Pod1", *CINDER, "image")
        self.simulator.withdraw(SPARE, *ALL)
        return clouds


@pytest.fixture(scope="module")
def lacking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Lacking(tmp_path_factory.mktemp("lacking")) as stack:
        yield stack


@pytest.fixture
def user(lacking: Stack) -> User:
    return lacking.tenant()


def _get(user: User, service: str, path: str) -> Answer:
    return {"compute": user.compute, "network": user.network, "volume": user.volume}[service](
        "GET", path
    )


def _volume(user: User, **wanted: Any) -> Json:
    made: Json = user.volume.make("/volumes", size=1, **wanted)
    path = f"/volumes/{made['id']}"
    until(lambda: user.volume.get(path)["status"] == "available", "the volume is there")
    return made


def _pod(stack: Stack, name: str) -> Json:
    return stack.admin.admin.list(f"/pods?pod_name={name}", "pods")[0]


@pytest.mark.parametrize("service", ["compute", "network", "volume"])
def test_no_list_misses_a_pod_that_has_no_such_service(lacking: Stack, service: str) -> None:
    paths = [path for of, path in LISTS if of == service]
    answers = {path: _get(lacking.admin, service, path) for path in paths}
    assert len(answers) > 5
    assert not {path: a.body for path, a in answers.items() if MISSING in a.headers}
    assert not {path: a.body for path, a in answers.items() if a.status >= 500}
    for path, answer in answers.items():
        strict = _get(lacking.admin, service, f"{path}?strict")
        assert strict.status == answer.status, (path, strict.body)


def test_a_volume_goes_to_a_pod_that_has_cinder(lacking: Stack, user: User) -> None:
    net = Site(lacking, user).net("az1", "10.1.0.0/24")
    port = user.network.make("/ports", network_id=net.id)
    # Servers are in az1, so that is where the project's other things would go.
    server = {"name": "vm", "imageRef": Site(lacking, user).image()}
    server |= {"flavorRef": Site(lacking, user).flavor(), "networks": [{"port": port["id"]}]}
    made = user.compute.make("/servers", **server)
    assert _volume(user)["availability_zone"] == "az2"
    refused = user.volume("POST", "/volumes", {"volume": {"size": 1, "availability_zone": "az1"}})
    unknown = user.volume("POST", "/volumes", {"volume": {"size": 1, "availability_zone": "az9"}})
    assert (
        (refused.status, refused.fault) == (unknown.status, unknown.fault) == (400, "badRequest")
    )
    assert refused.message.replace("az1", "az9") == unknown.message
    user.compute.delete(f"/servers/{made['id']}")


def test_a_server_with_a_new_volume_is_not_put_there(lacking: Stack, user: User) -> None:
    site = Site(lacking, user)
    disk = {"boot_index": 0, "uuid": site.image(), "source_type": "image", "volume_size": 1}
    server = {"name": "vm", "flavorRef": site.flavor(), "networks": "none"}
    server["block_device_mapping_v2"] = [disk | {"destination_type": "volume"}]
    new = {"OpenStack_API_Version": "compute 2.60"}
    for zone, status in (("az1", 400), ("az2", 202)):
        wanted = {"server": server | {"availability_zone": zone}}
        answer = user.compute("POST", "/servers", wanted, **new)
        assert answer.status == status, answer.body
    del server["block_device_mapping_v2"]
    wanted = {"server": server | {"imageRef": site.image(), "availability_zone": "az1"}}
    assert user.compute("POST", "/servers", wanted, **new).status == 202


def test_zones_are_those_of_the_service(lacking: Stack, user: User) -> None:
    compute = user.compute("GET", "/os-availability-zone").body["availabilityZoneInfo"]
    volume = user.volume("GET", "/os-availability-zone").body["availabilityZoneInfo"]
    assert [zone["zoneName"] for zone in compute] == ["az1", "az2"]
    assert [zone["zoneName"] for zone in volume] == ["az2"]


def test_limits_and_quotas_are_those_of_the_pods_with_it(lacking: Stack, user: User) -> None:
    whole = lacking.pod_ids
    assert len(whole) == 3
    project = user.project_id
    for path in ("/limits", f"/os-quota-sets/{project}?usage=True"):
        answer = user.volume("GET", path)
        assert answer.status == 200, answer.body
        assert MISSING not in answer.headers
    own = user.volume.get(f"/os-quota-sets/{project}")["volumes"]
    # Every simulated Cinder allows ten.
    assert own == 20
    lacking.admin.volume.put(f"/os-quota-sets/{project}", {"quota_set": {"volumes": 7}})
    lacking.settle()
    assert user.volume.get(f"/os-quota-sets/{project}")["volumes"] == 7
    jobs = lacking.jobs(resource_type="quota")
    assert {job["state"] for job in jobs} == {"succeeded"}


def test_types_are_learned_from_the_pods_with_it(lacking: Stack) -> None:
    url = lacking.admin.endpoint("Pod2", "volumev3").removesuffix("/volume/v3")
    there = User(url, {}, lacking.admin.token)
    name = {"volume_type": {"name": "of-pod2"}}
    made = there.volume("POST", "/types", name)
    assert made.status == 200, made.body

    def names() -> list[str]:
        return [row["name"] for row in lacking.admin.volume.list("/types", "volume_types")]

    until(lambda: "of-pod2" in names(), "the type is the gateway's")


def test_images_are_asked_for_where_there_is_a_glance(lacking: Stack, user: User) -> None:
    listed = user.image("GET", "/images")
    assert listed.status == 200, listed.body
    command = ["env", "TRIO2O_IMAGE_PER_POD=true", str(PROGRAMS / "gateway-api")]
    with lacking.beside(command, "/compute/") as url:
        each = User(url, {}, user.token)
        answer = each.image("GET", "/images?strict")
        assert answer.status == 200, answer.body
        assert MISSING not in answer.headers
        wanted = {"name": "mine", "disk_format": "raw", "container_format": "bare"}
        assert each.image("POST", "/images", wanted).status == 201


def test_the_gap_is_named(lacking: Stack) -> None:
    pod = _pod(lacking, "Pod1")
    assert pod["services"] == ["compute", "network"]
    assert pod["lacks"] == ["volume", "image"]
    assert _pod(lacking, "Pod2")["lacks"] == []
    assert "services" not in _pod(lacking, "RegionOne")
    shown = lacking.admin.admin.get(f"/pods/{pod['pod_id']}")
    assert shown == pod
    text = str(lacking.admin.admin.get("/placement"))
    assert "it has not the services" not in text


def test_keystone_is_not_asked_for_each_request(lacking: Stack, user: User) -> None:
    lacking.simulator.forget_calls()
    for _ in range(20):
        assert user.volume("GET", "/volumes").status == 200
    asked = lacking.simulator.calls(region="identity", path="/auth/catalog")
    assert len(asked) < 10


def test_a_region_added_meanwhile_is_used_at_once(lacking: Stack) -> None:
    """By all processes: this gateway, which registers it, and one that only hears of it."""
    admin, simulator = lacking.admin, lacking.simulator
    command = [str(PROGRAMS / "gateway-api")]
    with lacking.beside(command, "/compute/") as url:
        other = User(url, {}, admin.token)
        assert other.volume("GET", "/volumes").status == 200
        made = admin.admin.make("/pods", pod_name=SPARE, az_name="az9")
        assert (made["services"], made["lacks"]) == ([], ["compute", "network", "volume", "image"])
        assert made["unreachable"] == {}
        admin.admin.delete(f"/pods/{made['pod_id']}")
        simulator.withdraw(SPARE, "identity")
        refused = {"region": SPARE, "service": "network"}
        with simulator.fault("status", status=503, **refused):
            made = admin.admin.make("/pods", pod_name=SPARE, az_name="az9")
        assert made["lacks"] == []
        assert list(made["unreachable"]) == ["network"]
        tenant = lacking.tenant()
        until(
            lambda: (
                User(url, {}, tenant.token)
                .volume("POST", "/volumes", {"volume": {"size": 1, "availability_zone": "az9"}})
                .status
                == 202
            ),
            "the other gateway puts things there",
        )
        (volume,) = tenant.volume.list("/volumes/detail", "volumes")
        assert volume["availability_zone"] == "az9"


def test_what_a_pod_has_lost_is_missed(lacking: Stack, user: User) -> None:
    """By who has things there, and by nobody else."""
    volume = _volume(user, availability_zone="az9")
    stranger = lacking.tenant()
    assert user.volume.get(f"/os-quota-sets/{user.project_id}?usage=True")["volumes"]["in_use"]
    lacking.simulator.withdraw(SPARE, *CINDER)
    with lacking.beside([str(PROGRAMS / "gateway-api")], "/compute/") as url:
        mine, other = User(url, {}, user.token), User(url, {}, stranger.token)
        for path in ("/volumes", "/volumes?availability_zone=az9", "/limits"):
            assert mine.volume("GET", path).headers[MISSING] == SPARE
            assert MISSING not in other.volume("GET", path).headers
        assert mine.volume("GET", "/volumes?strict").status == 503
        assert other.volume("GET", "/volumes?strict").status == 200
        used = mine.volume.get(f"/os-quota-sets/{user.project_id}?usage=True")["volumes"]
        assert used["in_use"] == 1
        shown = mine.volume("GET", f"/volumes/{volume['id']}")
        assert shown.status == 503
        assert SPARE in shown.message
        assert "no public volume endpoint" in shown.message
    lacking.simulator.withdraw(SPARE, "identity")
