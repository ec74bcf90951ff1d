"""One pod that takes calls and answers none: nobody else waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Answer, Json, User, until
from tests.support.stack import Stack
from tests.support.topology import Site

# More than threads, or whatever else there is a limited number of, were ever set aside for pods.
_CALLS, _EACH = 70, 10
MISSING = "x-trio2o-missing-pods"
_HANGS: Json = {"region": "Pod1", "service": "compute", "method": "POST", "path": "/flavors$"}


@contextmanager
def _boots_that_hang(stack: Stack, sites: list[Site]) -> Iterator[list[Future[Answer]]]:
    """Boots into a pod, all of which wait for its answer; at the end it cuts them off."""
    asked = {"region": "Pod1", "path": "/flavors"}
    flavors = [
        stack.admin.compute.make("/flavors", name=f"hanging-{n}", ram=64, vcpus=1, disk=1)["id"]
        for n in range(_CALLS)
    ]
    image = sites[0].image()

    def boot(user: User, flavor: str) -> Answer:
        server = {"name": "vm", "imageRef": image, "flavorRef": flavor, "networks": "none"}
        zone = {"availability_zone": "az1"}
        headers = {"OpenStack_API_Version": "compute 2.37"}
        return user.compute("POST", "/servers", {"server": server | zone}, **headers)

    stack.simulator.forget_calls()
    with (
        ThreadPoolExecutor(_CALLS) as together,
        stack.simulator.fault("slow", seconds=60, **_HANGS),
    ):
        boots = [
            together.submit(boot, sites[number // _EACH].user, flavor)
            for number, flavor in enumerate(flavors)
        ]
        try:
            until(lambda: len(_waiting(stack, **asked)) >= 64, "they wait")
            yield boots
        finally:
            stack.simulator.die("Pod1")
            answers = [one.result() for one in boots]
            stack.simulator.revive("Pod1")
    assert {answer.status for answer in answers} == {503}
    stack.settle()
    for flavor in flavors:
        stack.admin.compute.delete(f"/flavors/{flavor}")


def _waiting(stack: Stack, region: str, path: str) -> list[Any]:
    """The calls with such a path that a region has not answered."""
    calls = stack.simulator.calls(region=region)
    return [call for call in calls if path in call["path"] and call["ended"] is None]


@pytest.fixture
def site(stack: Stack) -> Iterator[Site]:
    site = Site(stack, stack.tenant())
    yield site
    site.tear_down()


def test_many_calls_that_hang_keep_nobody_else_waiting(stack: Stack, site: Site) -> None:
    members = [Site(stack, stack.tenant()) for _ in range(_CALLS // _EACH)]
    with stack.nothing_left(), _boots_that_hang(stack, members) as hanging:
        newcomer = stack.tenant()
        assert newcomer.network.list("/networks") == []
        server = site.boot(site.net("az2", "10.7.1.0/24"), "az2")
        assert not any(one.done() for one in hanging)
        site.tear_down()
        assert server["OS-EXT-AZ:availability_zone"] == "az2"


class Quick(Stack):
    """Finds out within a few seconds that a service answers nothing."""

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        quick = {"TRIO2O_POD_CONNECT_TIMEOUT": "1", "TRIO2O_POD_FAILURES": "2"}
        return super()._settings(clouds_yaml) | quick


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Quick(tmp_path_factory.mktemp("quick")) as stack:
        yield stack


def _lists(stack: Stack, user: User) -> dict[str, Answer]:
    """One list of each service that all pods have a part of."""
    return {
        "compute": user.compute("GET", "/servers"),
        "volume": user.volume("GET", "/volumes"),
        "network": stack.admin.network("GET", "/agents"),
    }


def _gates(stack: Stack, pod: str) -> dict[str, Json]:
    (row,) = stack.admin.admin.list(f"/pods?pod_name={pod}", "pods")
    shown: dict[str, Json] = stack.admin.admin.get(f"/pods/{row['pod_id']}")["gates"]
    assert shown.keys() == row["gates"].keys()
    return shown


def _zones(user: User) -> dict[str, dict[str, bool]]:
    """By service, whether each zone is available."""
    told = {
        "compute": user.compute.list("/os-availability-zone", "availabilityZoneInfo"),
        "volume": user.volume.list("/os-availability-zone", "availabilityZoneInfo"),
    }
    zones = {
        service: {zone["zoneName"]: zone["zoneState"]["available"] for zone in rows}
        for service, rows in told.items()
    }
    network = user.network.list("/availability_zones")
    return zones | {"network": {row["name"]: row["state"] == "available" for row in network}}


def _first_of(stack: Stack) -> tuple[str, Json]:
    """Where a new project's server would go, and what is said of Pod1."""
    placement = stack.admin.admin.get("/placement")
    pods = {pod["pod_name"]: pod for pod in placement["pods"]}
    return placement["chosen"], pods["Pod1"]


def test_what_answers_nothing_is_not_asked_and_everywhere_named(quick: Stack) -> None:
    tenant = quick.tenant()
    assert all(answer.status == 200 for answer in _lists(quick, tenant).values())
    assert all(all(zones.values()) for zones in _zones(tenant).values())
    assert {gate["state"] for gate in _gates(quick, "Pod1").values()} == {"closed"}
    with quick.simulator.fault("slow", seconds=600, region="Pod1"):

        def all_found_out() -> bool:
            lists = _lists(quick, tenant)
            assert {answer.status for answer in lists.values()} == {200}
            return all(_gates(quick, "Pod1")[service]["state"] != "closed" for service in lists)

        until(all_found_out, "all three services are known to answer nothing")
        quick.simulator.forget_calls()
        for service, answer in _lists(quick, tenant).items():
            assert answer.headers[MISSING] == "Pod1", service
        paths = {call["path"].rstrip("/") for call in quick.simulator.calls(region="Pod1")}
        assert not [path for path in paths if path.endswith(("/servers", "/volumes", "/agents"))]
        for zones in _zones(tenant).values():
            assert (zones["az1"], zones["az2"]) == (False, True)
        chosen, last = _first_of(quick)
        assert (chosen, last["rank"]) == ("Pod2", 3)
        assert "it has not answered since" in last["reasons"][0]
        site = Site(quick, tenant)
        boot = {"name": "vm", "imageRef": site.image(), "flavorRef": site.flavor()}
        boot |= {"networks": [{"uuid": site.net(None, "10.7.2.0/24").id}]}
        refused = tenant.compute(
            "POST", "/servers", {"server": boot | {"availability_zone": "az1"}}
        )
        assert (refused.status, refused.fault) == (503, "serviceUnavailable")
        assert "Pod1 is not available: it has not answered since 20" in refused.message
        gate = _gates(quick, "Pod1")["compute"]
        assert gate["reason"] == f"it has not answered since {gate['since']}"
        # What the refused boot has left there keeps it from nothing elsewhere.
        server = site.boot(site.net("az2", "10.7.3.0/24"), "az2")
        assert server["OS-EXT-AZ:availability_zone"] == "az2"
    until(
        lambda: {gate["state"] for gate in _gates(quick, "Pod1").values()} == {"closed"},
        "Pod1 answers again",
    )
    assert not [one for one in _lists(quick, tenant).values() if MISSING in one.headers]
    until(lambda: all(all(zones.values()) for zones in _zones(tenant).values()), "its zone too")
    site.drop_server(server)
    site.drop_server(site.boot(site.net("az1", "10.7.4.0/24"), "az1"))
    site.tear_down()
    quick.settle()


class Patient(Stack):
    """Waits for its pods for longer than a test does."""

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        return super()._settings(clouds_yaml) | {"TRIO2O_POD_TIMEOUT": "600"}


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Stack]:
    with Patient(tmp_path) as stack:
        yield stack


def test_many_routers_that_wait_for_a_pod_keep_no_other_waiting(patient: Stack) -> None:
    # More than ever one worker did at once; the pod answers others, so it is not taken for dead.
    many = 105
    busy, site = Site(patient, patient.tenant()), Site(patient, patient.tenant())

    def join(number: int) -> None:
        busy.attach(busy.router(), busy.net("az1", f"10.{number}.1.0/24"))

    hangs: Json = {"region": "Pod1", "service": "network", "method": "POST", "path": "/networks$"}
    with patient.simulator.fault("slow", seconds=600, **hangs):
        with ThreadPoolExecutor(8) as together:
            list(together.map(join, range(many)))
        until(lambda: len(_waiting(patient, "Pod1", "/networks")) >= 100, "they wait for the pod")
        router = site.router()
        site.attach(router, site.net("az2", "10.7.5.0/24"))
        site.active(router)
        unfinished = patient.jobs(state="accepted&state=running", type="router-interface-add")
        assert len(unfinished) == many
