"""What is asked of all pods when some of them, or all, say nothing or refuse to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import pytest

from api.main import APIS
from tests.support.client import Answer, User, until
from tests.support.processes import PROGRAMS
from tests.support.stack import Stack
from tests.support.topology import Site

PODS = ("Pod1", "Pod2", "Pod3")
SERVICES = {"compute": "/compute/v2.1", "network": "/network/v2.0", "volume": "/volume/v3"}
MISSING = "x-trio2o-missing-pods"
# What a service tells of anything but its versions: the gateway learns those all the time.
BELOW = r"/v[23](\.\d)?/([0-9a-f]{32}/)?[a-z]"


def _lists() -> Iterator[tuple[str, str]]:
    for api in APIS:
        if api.name in SERVICES:
            for route in api.routes().declared:
                if route.method == "GET" and "{" not in route.path:
                    yield api.name, route.path


LISTS = sorted(_lists())


@contextmanager
def _refusals(
    stack: Stack, statuses: Mapping[str, tuple[int, int | None]], **more: Any
) -> Iterator[None]:
    """Have pods refuse whatever they are asked: with a status, and a time to try again."""
    with ExitStack() as faults:
        for region, (status, after) in statuses.items():
            fault = {"region": region, "status": status, "path": BELOW, "retry_after": after}
            faults.enter_context(stack.simulator.fault("status", **fault | more))
        yield


def _get(user: User, service: str, path: str, **headers: str) -> Answer:
    api = {"compute": user.compute, "network": user.network, "volume": user.volume}[service]
    return api("GET", path, None, **headers)


def _asked(stack: Stack, service: str) -> list[str]:
    """The pods that were asked for something with the user's token."""
    calls = [
        call
        for call in stack.simulator.calls(service=service)
        if call["user"] == "admin" and call["region"] in PODS
    ]
    return sorted({call["region"] for call in calls})


@pytest.mark.parametrize(("service", "path"), LISTS)
def test_nothing_is_listed_when_nobody_answers(stack: Stack, service: str, path: str) -> None:
    admin = stack.admin
    usual = _get(admin, service, path)
    busy = {"Pod1": (429, 3), "Pod2": (429, 70), "Pod3": (429, 7)}
    stack.simulator.forget_calls()
    with _refusals(stack, busy, service=service):
        answer = _get(admin, service, path)
    asked = _asked(stack, service)
    if not asked:
        assert (answer.status, answer.body) == (usual.status, usual.body)
        return
    assert answer.status == 429, answer.body
    assert int(answer.headers["retry-after"]) == max(busy[pod][1] for pod in asked)


@pytest.mark.parametrize("path", ["/servers", "/servers/detail?limit=2", "/limits"])
@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ({"Pod1": (429, 3), "Pod2": (500, None), "Pod3": (429, None)}, (503, "3")),
        ({"Pod1": (500, None), "Pod2": (500, None), "Pod3": (503, None)}, (503, None)),
        ({"Pod1": (429, None), "Pod2": (429, None), "Pod3": (429, None)}, (429, None)),
    ],
)
def test_why_nobody_answers_is_told(
    stack: Stack, tenant: User, path: str, statuses: Any, expected: tuple[int, str | None]
) -> None:
    with _refusals(stack, statuses, service="compute"):
        answer = tenant.compute("GET", path)
    assert (answer.status, answer.headers.get("retry-after")) == expected
    assert answer.fault == {429: "overLimit", 503: "serviceUnavailable"}[answer.status]
    assert all(pod in answer.message for pod in PODS)


def test_nobody_answers_in_time(stack: Stack, tenant: User) -> None:
    with stack.simulator.fault("slow", seconds=5, service="volume", path="/volumes"):
        answer = tenant.volume("GET", "/volumes")
    assert answer.status == 503, answer.body
    assert all(pod in answer.message for pod in PODS)


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("compute", "/servers"),
        ("compute", "/servers/detail"),
        ("compute", "/os-hypervisors"),
        ("compute", "/os-services"),
        ("compute", "/limits"),
        ("network", "/agents"),
        ("volume", "/volumes/detail?limit=1"),
        ("volume", "/snapshots"),
        ("volume", "/limits"),
        ("volume", "/os-quota-sets/{project}?usage=True"),
        ("volume", "/scheduler-stats/get_pools"),
    ],
)
def test_one_that_is_missing_is_named_or_else_nothing_is_told(
    stack: Stack, service: str, path: str
) -> None:
    admin = stack.admin
    path = path.format(project=admin.project_id)
    more = "&" if "?" in path else "?"
    usual = _get(admin, service, path)
    assert usual.status == 200
    assert MISSING not in usual.headers
    stack.simulator.forget_calls()
    strict = [_get(admin, service, f"{path}{more}{word}") for word in ("strict", "strict=True")]
    assert [answer.status for answer in strict] == [200, 200]
    with _refusals(stack, {"Pod2": (429, 9)}, service=service):
        without = _get(admin, service, path)
        for word in ("strict", "strict=1", "strict=yes"):
            refused = _get(admin, service, f"{path}{more}{word}")
            assert (refused.status, refused.headers["retry-after"]) == (429, "9")
        lenient = _get(admin, service, f"{path}{more}strict=no")
        wrong = _get(admin, service, f"{path}{more}strict=perhaps")
    assert [without.status, lenient.status, wrong.status] == [200, 200, 400]
    assert without.headers[MISSING] == lenient.headers[MISSING] == "Pod2"
    assert not any("strict" in call["query"] for call in stack.simulator.calls())


def test_a_setting_makes_all_lists_strict(stack: Stack, tenant: User) -> None:
    command = ["env", "TRIO2O_LIST_STRICT=true", str(PROGRAMS / "gateway-api")]
    with stack.beside(command, "/compute/") as url:
        strict = User(url, {}, tenant.token)
        assert strict.volume.list("/volumes") == []
        with _refusals(stack, {"Pod3": (500, None)}, service="volume"):
            assert tenant.volume("GET", "/volumes").headers[MISSING] == "Pod3"
            refused = strict.volume("GET", "/volumes")
            assert strict.volume("GET", "/volumes?strict=false").headers[MISSING] == "Pod3"
    # What its only pod says is passed on.
    assert refused.status == 500
    assert refused.message == "Simulated failure."


def test_links_to_other_pages_are_as_strict(stack: Stack, tenant: User) -> None:
    with stack.nothing_left():
        made = [tenant.volume.make("/volumes", size=1, name=f"v{n}")["id"] for n in range(2)]
        answer = tenant.volume("GET", "/volumes?limit=1&strict")
        href = answer.body["volumes_links"][0]["href"]
        assert "strict=" in href
        with _refusals(stack, {"Pod3": (503, 4)}, service="volume"):
            refused = tenant.volume("GET", "/volumes?" + href.partition("?")[2])
            assert (refused.status, refused.headers["retry-after"]) == (503, "4")
        for id_ in made:
            until(lambda id_=id_: _status(tenant, id_) == "available", "it is there")
            tenant.volume.delete(f"/volumes/{id_}")


def _status(user: User, volume_id: str) -> str:
    return str(user.volume.get(f"/volumes/{volume_id}")["status"])


AGAIN = {"status": 429, "retry_after": 17, "region": "Pod1"}


def _is_passed_on(answer: Answer, status: int) -> None:
    """The pod's own word, in the words of the API that was asked."""
    assert answer.status == status, answer.body
    assert answer.headers["retry-after"] == "17"
    assert answer.fault == {429: "overLimit", 500: "computeFault"}[status]
    assert "Simulated failure." in answer.message
    assert "not available" not in answer.message


@pytest.mark.parametrize("status", [429, 500])
@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("network", "POST", "/ports$"),
        ("network", "POST", "/networks$"),
        ("compute", "POST", "/flavors$"),
        ("compute", "POST", "/servers$"),
    ],
)
def test_what_a_pod_says_during_a_boot_is_passed_on(
    stack: Stack, tenant: User, service: str, method: str, path: str, status: int
) -> None:
    site = Site(stack, tenant)
    with stack.nothing_left():
        net = site.net(None, "10.8.0.0/24")
        server = {"name": "vm", "imageRef": site.image(), "flavorRef": site.flavor()}
        server |= {"networks": [{"uuid": net.id}], "availability_zone": "az1"}
        said = AGAIN | {"status": status, "service": service, "method": method, "path": path}
        with stack.simulator.fault("status", **said) as seen:
            answer = tenant.compute("POST", "/servers", {"server": server})
        assert seen["hits"]
        _is_passed_on(answer, status)
        # What a pod that failed at the server has made of it is looked for.
        stack.settle()
        site.tear_down()


@pytest.mark.parametrize("status", [429, 500])
def test_what_a_pod_says_before_a_change_of_a_volume_is_passed_on(
    stack: Stack, tenant: User, status: int
) -> None:
    with stack.nothing_left():
        id_ = tenant.volume.make("/volumes", size=1, name="v", availability_zone="az1")["id"]
        path = f"/volumes/{id_}"
        until(lambda: _status(tenant, id_) == "available", "it is there")
        bodies = {
            f"{path}/action": {"os-extend": {"new_size": 3}},
            "/snapshots": {"snapshot": {"volume_id": id_}},
        }
        said = AGAIN | {"status": status, "service": "volume", "method": "GET"}
        for where, body in bodies.items():
            with stack.simulator.fault("status", **said, path=f"{path}$") as seen:
                _is_passed_on(tenant.volume("POST", where, body), status)
            assert seen["hits"]
        assert tenant.volume.get(path)["size"] == 1
        tenant.volume.delete(path)


@pytest.mark.parametrize("status", [429, 500])
def test_what_the_only_pod_that_matters_says_is_passed_on(stack: Stack, status: int) -> None:
    said = AGAIN | {"status": status, "service": "compute", "path": "/os-hypervisors"}
    with stack.simulator.fault("status", **said):
        for path in ("/os-hypervisors/statistics", f"/os-hypervisors/{uuid4()}/uptime"):
            version = {"OpenStack_API_Version": "compute 2.60"}
            _is_passed_on(stack.admin.compute("GET", path, None, **version), status)


def test_a_token_that_cannot_be_looked_at_is_not_wrong(stack: Stack, tenant: User) -> None:
    asked = {"region": "identity", "method": "GET", "path": "/auth/tokens"}
    with stack.simulator.fault("status", status=429, retry_after=5, **asked) as seen:
        answer = tenant.volume("GET", "/volumes")
    assert seen["hits"]
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert tenant.volume("GET", "/volumes").status == 200
