"""The simulator's own switches: here there is no real counterpart to compare with."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract.client import Answer, send
from tests.contract.play import Caller, Cloud, Play


class Control:
    """The control API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, method: str, path: str, body: Any = None, expect: int = 204) -> Any:
        answer = send(method, self.url + path, {}, body)
        assert answer.status == expect, f"{method} {path}: {answer.status} {answer.body}"
        return answer.body

    def fault(self, kind: str, **given: Any) -> Any:
        return self("POST", "/faults", {"kind": kind, "region": "Pod1", **given}, 201)


@pytest.fixture
def control(control_url: str) -> Iterator[Control]:
    control = Control(control_url)
    yield control
    control("POST", "/reset")


@pytest.fixture
def demo(simulator: Cloud) -> Caller:
    return Play(simulator).at("demo")


def _count(control: Control, kind: str) -> int:
    found = control("GET", "/inventory?region=Pod1&count=1", expect=200)
    return int(found["network"][kind])


def _make(caller: Caller) -> Answer:
    return caller.send("POST", "/networks", {"network": {"name": "x"}})


@pytest.mark.parametrize(
    ("status", "service", "key"),
    [
        (503, "network", "NeutronError"),
        (429, "network", "NeutronError"),
        (409, "compute", "conflictingRequest"),
        (500, "compute", "computeFault"),
        (503, "block-storage", "serviceUnavailable"),
    ],
)
def test_a_service_refuses_so_many_times(
    control: Control, simulator: Cloud, status: int, service: str, key: str
) -> None:
    kind = {"block-storage": "volume"}.get(service, service)
    path = {"network": "/networks", "compute": "/servers", "block-storage": "/volumes"}[service]
    control.fault("status", status=status, service=kind, times=2, retry_after=1)
    caller = Play(simulator).at("demo", service)
    answers = [caller.send("GET", path) for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert list(answers[0].body) == [key]
    assert answers[0].headers["retry-after"] == "1"


def test_an_answer_is_lost_but_the_work_is_done(control: Control, demo: Caller) -> None:
    control.fault("lose", method="POST", path="networks$", times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        _make(demo)
    assert _count(control, "networks") == 1
    assert _make(demo).status == 201
    assert [
        row["status"] for row in control("GET", "/calls?method=POST", expect=200)["calls"]
    ] == [
        None,
        201,
    ]


def test_a_refused_connection_does_nothing(control: Control, demo: Caller) -> None:
    control.fault("refuse", after=1, times=1)
    assert _make(demo).status == 201
    with pytest.raises(http.client.RemoteDisconnected):
        _make(demo)
    assert _count(control, "networks") == 1


def test_a_dead_region_comes_back_with_its_memory(control: Control, demo: Caller) -> None:
    assert _make(demo).status == 201
    control("POST", "/regions/Pod1/die")
    with pytest.raises(ConnectionRefusedError):
        demo.send("GET", "/networks")
    other = Play(demo.play.cloud).at("demo", pod=1)
    assert other.send("GET", "/networks").status == 200
    control("POST", "/regions/Pod1/revive")
    assert len(demo.send("GET", "/networks").body["networks"]) == 1


def test_a_region_that_dies_while_a_call_waits_does_not_act(
    control: Control, demo: Caller
) -> None:
    control.fault("slow", seconds=1, method="POST")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_make, demo)
        while not control("GET", "/calls?method=POST", expect=200)["calls"]:
            time.sleep(0.01)
        control("POST", "/regions/Pod1/die")
        with pytest.raises(http.client.HTTPException):
            waiting.result()
    control("POST", "/regions/Pod1/revive")
    while control("GET", "/calls?method=POST", expect=200)["calls"][0]["ended"] is None:
        time.sleep(0.05)
    assert _count(control, "networks") == 0


def test_calls_on_one_router_are_seen_to_overlap(control: Control, demo: Caller) -> None:
    made = demo.send("POST", "/routers", {"router": {}}).body["router"]["id"]
    rename = {"router": {"name": "x"}}
    demo.send("PUT", f"/routers/{made}", rename)
    control.fault("slow", seconds=0.5, method="PUT")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: demo.send("PUT", f"/routers/{made}", rename), range(2)))
    calls = control("GET", f"/calls?method=PUT&path={made}", expect=200)["calls"]
    assert [row["overlap"] for row in calls] == [0, 1, 1]
    assert {row["project"] for row in calls} == {"demo"}


def test_tokens_can_be_ended(control: Control, simulator: Cloud) -> None:
    login = simulator.logins["alt"]
    caller = Play(simulator).at("alt")
    assert caller.send("GET", "/networks").status == 200
    assert control("POST", "/tokens/expire", {"user": "alt"}, 200)["expired"] >= 1
    assert caller.send("GET", "/networks").status == 401
    login.sign_in()
    assert caller.send("GET", "/networks").status == 200


def test_a_tenant_can_be_added(control: Control, simulator: Cloud) -> None:
    name = Play(simulator).name
    made = control("POST", "/tenants", {"name": name}, 201)
    assert made["auth"]["project_name"] == name
    control("POST", "/tenants", {"name": name}, 400)


def test_a_region_can_have_ports_of_its_own(control: Control, demo: Caller) -> None:
    control("PUT", "/settings", {"metadata_ports": True})
    try:
        network = demo("POST", "/networks", {"network": {}}, expect=201)["network"]["id"]
        given = {"network_id": network, "ip_version": 4, "cidr": "10.1.0.0/24"}
        subnet = demo("POST", "/subnets", {"subnet": given}, expect=201)["subnet"]["id"]
        ports = demo("GET", f"/ports?network_id={network}", expect=200)["ports"]
        assert [port["device_owner"] for port in ports] == ["network:distributed"]
        assert ports[0]["fixed_ips"] == [{"subnet_id": subnet, "ip_address": "10.1.0.2"}]
        port = demo("POST", "/ports", {"port": {"network_id": network}}, expect=201)["port"]
        assert port["fixed_ips"][0]["ip_address"] == "10.1.0.3"
        demo("DELETE", f"/ports/{port['id']}", expect=204)
        demo("DELETE", f"/subnets/{subnet}", expect=204)
        demo("DELETE", f"/networks/{network}", expect=204)
    finally:
        control("PUT", "/settings", {"metadata_ports": False})


def test_quotas_that_are_set_are_kept(control: Control, simulator: Cloud) -> None:
    play = Play(simulator)
    project = play.login("alt").project_id
    for service, path, body in (
        ("network", f"/quotas/{project}", {"quota": {"network": 0}}),
        ("block-storage", f"/os-quota-sets/{project}", {"quota_set": {"volumes": 0}}),
    ):
        play.at("admin", service)("PUT", path, body, expect=200)
    network = play.at("alt")
    network("POST", "/networks", {"network": {}}, expect=(409, "OverQuota"))
    volume = {"volume": {"size": 1}}
    play.at("alt", "block-storage")("POST", "/volumes", volume, expect=(413, "overLimit"))
    assert not play.wrong


def test_a_refusal_can_be_of_any_type(control: Control, demo: Caller) -> None:
    control.fault("status", status=409, type="OverQuota", method="POST", times=1)
    assert _make(demo).error == "OverQuota"


def test_nonsense_is_refused(control: Control) -> None:
    control("POST", "/faults", {"kind": "explode"}, 400)
    control("POST", "/faults", {"kind": "slow", "nonsense": 1}, 400)
    control("POST", "/faults", {"kind": "slow", "path": "("}, 400)
    control("POST", "/regions/Nowhere/die", expect=404)
    control("DELETE", "/faults/999999", expect=404)
    control("PUT", "/settings", {"nonsense": 1}, 400)
