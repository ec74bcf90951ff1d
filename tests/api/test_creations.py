"""What pods are asked to make, or to delete, and whose answer never comes: whenever it is done."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.client import Answer, Json, User, send, until
from tests.support.stack import Stack
from tests.support.topology import Site

MARK = "trio2o:creation"
VERSION = {"OpenStack-API-Version": "volume 3.60"}
SERVER = {"OpenStack-API-Version": "compute 2.60"}
KINDS = ("volume", "snapshot", "backup", "server")


class Maker:
    """Makes things of every kind, all with the same name or none, in the zone of one pod."""

    def __init__(self, stack: Stack, user: User) -> None:
        self.stack, self.user = stack, user
        self._site = Site(stack, user)
        self._volume = ""

    def make(self, kind: str, name: str | None = None) -> Answer:
        """Make one through the gateway."""
        if kind == "server":
            return self.user.compute("POST", "/servers", self.body(kind, name), **SERVER)
        return self.user.volume("POST", f"/{kind}s", self.body(kind, name), **VERSION)

    def beside(self, kind: str, name: str | None = None) -> str:
        """Make one in the pod, past the gateway; its id."""
        service = "compute" if kind == "server" else "block-storage"
        body = self.body(kind, name)
        if kind == "server":
            (flavor,) = self.stack.simulator.inventory("Pod1")["flavors"][-1:]
            body["server"] |= {"flavorRef": flavor["id"]}
            del body["server"]["availability_zone"]
        body[kind].pop("availability_zone", None)
        url = f"{self.user.endpoint('Pod1', service)}/{kind}s"
        token = {"X-Auth-Token": self.user.token}
        made = send("POST", url, body, token | (SERVER if kind == "server" else VERSION))
        assert made.status == 202, made.body
        return str(made.body[kind]["id"])

    def body(self, kind: str, name: str | None) -> Json:
        """What is asked for."""
        if kind == "volume":
            return {"volume": {"size": 1, "name": name, "availability_zone": "az1"}}
        if kind == "server":
            flavor, image = self._site.flavor(), self._site.image()
            server = {"name": name or "vm", "imageRef": image, "flavorRef": flavor}
            return {"server": {**server, "networks": "none", "availability_zone": "az1"}}
        return {kind: {"volume_id": self.volume(), "name": name, "force": True}}

    def volume(self) -> str:
        """The volume that there are snapshots and backups of."""
        self._volume = self._volume or str(self._site.volume("az1")["id"])
        return self._volume

    def clear(self) -> None:
        """Delete everything."""
        for kind in ("server", "snapshot", "backup", "volume"):
            api = self.user.compute if kind == "server" else self.user.volume
            for row in api.list(f"/{kind}s"):
                path = f"/{kind}s/{row['id']}"
                until(lambda p=path, a=api: a("DELETE", p).status in (202, 204, 404), "it goes")
                until(lambda p=path, a=api: a("GET", p).status == 404, "it is gone")


@pytest.fixture
def maker(stack: Stack, tenant: User) -> Iterator[Maker]:
    with stack.nothing_left():
        maker = Maker(stack, tenant)
        yield maker
        maker.clear()


def _asked(kind: str) -> dict[str, Any]:
    service = "compute" if kind == "server" else "volume"
    return {"region": "Pod1", "service": service, "method": "POST", "path": f"/{kind}s$"}


def _there(stack: Stack, kind: str) -> set[str]:
    return {row["id"] for row in stack.simulator.inventory("Pod1")[f"{kind}s"]}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_what_it_made_is_cleaned_up(stack: Stack, maker: Maker, kind: str) -> None:
    body = maker.body(kind, None)
    if kind == "server":
        # The pod has the flavor from then on.
        assert maker.make(kind).status == 202
    before = _there(stack, kind)
    beside = maker.beside(kind)
    with ThreadPoolExecutor(1) as pool:
        with stack.simulator.fault("late", **_asked(kind), times=1, seconds=2.0):
            other = pool.submit(maker.make, kind)
            until(lambda: len(_there(stack, kind) - before) == 2, "the pod has made the other")
            with stack.simulator.fault("lose", **_asked(kind), times=1) as lost:
                assert maker.make(kind).status == 503
            assert lost["hits"] == 1
            stack.settle()
        made = other.result()
    assert made.status == 202, (body, made.body)
    id_ = str(made.body[kind]["id"])
    assert _there(stack, kind) - before == {id_, beside}
    api = maker.user.compute if kind == "server" else maker.user.volume
    assert api("GET", f"/{kind}s/{id_}").status == 200
    service = "compute" if kind == "server" else "block-storage"
    url = f"{maker.user.endpoint('Pod1', service)}/{kind}s/{beside}"
    token = {"X-Auth-Token": maker.user.token}
    until(lambda: send("DELETE", url, None, token).status in (202, 204), "it can be deleted")
    until(lambda: beside not in _there(stack, kind), "what was made past the gateway is gone")


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_late_is_cleaned_up(stack: Stack, maker: Maker, kind: str) -> None:
    maker.body(kind, "late")
    before = _there(stack, kind)
    with stack.simulator.fault("belated", **_asked(kind), times=1, seconds=1.0) as belated:
        assert maker.make(kind, "late").status == 503
    assert belated["hits"] == 1
    stack.settle()
    assert _there(stack, kind) == before


def test_ports_are_kept_for_a_server_that_may_come(stack: Stack, maker: Maker) -> None:
    user, site = maker.user, Site(stack, maker.user)
    net = site.net("az1", "10.9.0.0/24")
    body = maker.body("server", "late")
    body["server"]["networks"] = [{"uuid": net.id}]
    with stack.simulator.fault("belated", **_asked("server"), times=1, seconds=1.0):
        assert user.compute("POST", "/servers", body, **SERVER).status == 503
    (port,) = user.network.list(f"/ports?network_id={net.id}")
    assert port["device_id"]
    stack.settle()
    assert user.network.list(f"/ports?network_id={net.id}") == []
    assert _there(stack, "server") == set()
    user.network.delete(f"/networks/{net.id}")


@pytest.mark.parametrize("status", [400, 409])
def test_a_refusal_of_the_moment_is_waited_for(stack: Stack, maker: Maker, status: int) -> None:
    gone: dict[str, Any] = {"region": "Pod1", "service": "volume", "method": "DELETE"}
    with stack.simulator.fault("status", **gone, path="/volumes/", times=2, status=status) as no:
        with stack.simulator.fault("lose", **_asked("volume"), times=1):
            assert maker.make("volume").status == 503
        stack.settle()
    assert no["hits"] == 2
    assert _there(stack, "volume") == set()
    assert stack.jobs(project_id=maker.user.project_id, state="failed") == []


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_shown_the_mark(stack: Stack, maker: Maker, kind: str) -> None:
    body = maker.body(kind, "mine")
    body[kind]["metadata"] = {"own": "word"}
    headers, prefix = (SERVER, "compute") if kind == "server" else (VERSION, "volume")
    api = getattr(maker.user, prefix)
    made = api("POST", f"/{kind}s", body, **headers)
    assert made.status == 202, made.body
    id_ = made.body[kind]["id"]
    path = f"/{kind}s/{id_}"
    (row,) = (row for row in stack.simulator.inventory("Pod1")[f"{kind}s"] if row["id"] == id_)
    assert set(row["metadata"]) == {"own", MARK}
    shown = api("GET", path, None, **headers)
    assert shown.body[kind]["metadata"] == {"own": "word"}
    listed = api("GET", f"/{kind}s/detail", None, **headers).body[f"{kind}s"]
    assert [one["metadata"] for one in listed if one["id"] == id_] == [{"own": "word"}]
    assert MARK not in str(api("GET", f"/{kind}s", None, **headers).body)
    if kind == "backup":
        return
    assert api("GET", f"{path}/metadata", None, **headers).body == {"metadata": {"own": "word"}}
    assert api("GET", f"{path}/metadata/{MARK}", None, **headers).status == 404
    more = api("POST", f"{path}/metadata", {"metadata": {"two": "words"}}, **headers)
    assert more.body == {"metadata": {"own": "word", "two": "words"}}
    if kind == "volume":
        summary = api("GET", "/volumes/summary", None, **VERSION).body["volume-summary"]
        assert set(summary["metadata"]) == {"own", "two"}


def test_a_backup_in_an_older_version_is_cleaned_up_too(stack: Stack, maker: Maker) -> None:
    body = maker.body("backup", "old")
    with stack.simulator.fault("lose", **_asked("backup"), times=1):
        assert maker.user.volume("POST", "/backups", body).status == 503
    stack.settle()
    assert _there(stack, "backup") == set()


def test_what_nobody_can_mark_becomes_the_users(stack: Stack, maker: Maker) -> None:
    made = maker.make("backup", "mine")
    assert made.status == 202, made.body
    backup = f"/backups/{made.body['backup']['id']}"
    until(lambda: maker.user.volume.get(backup)["status"] == "available", "the backup is there")
    name = f"restored-{secrets.token_hex(4)}"
    restore: dict[str, Any] = _asked("restore") | {"path": "/restore$"}
    with stack.simulator.fault("lose", **restore, times=1) as lost:
        asked = maker.user.volume("POST", f"{backup}/restore", {"restore": {"name": name}})
        assert asked.status == 503
    assert lost["hits"] == 1
    stack.settle()
    (restored,) = maker.user.volume.list(f"/volumes?name={name}")
    assert maker.user.volume.get(f"/volumes/{restored['id']}")["name"] == name


def test_a_server_that_is_deleted_late_leaves_no_ports(stack: Stack, maker: Maker) -> None:
    site = Site(stack, maker.user)
    net = site.net("az1", "10.9.1.0/24")
    server = site.boot(net)
    late: dict[str, Any] = {"region": "Pod1", "service": "compute", "method": "DELETE"}
    with stack.simulator.fault("belated", **late, times=1, seconds=1.0) as belated:
        assert maker.user.compute("DELETE", f"/servers/{server['id']}").status == 503
    assert belated["hits"] == 1
    stack.settle()
    assert stack.routings(resource_type="server", top_id=server["id"]) == []
    assert maker.user.network.list(f"/ports?network_id={net.id}") == []
    maker.user.network.delete(f"/networks/{net.id}")


@pytest.mark.parametrize("kind", ["volume", "snapshot", "backup"])
def test_what_is_deleted_late_is_forgotten(stack: Stack, maker: Maker, kind: str) -> None:
    made = maker.make(kind)
    assert made.status == 202, made.body
    path = f"/{kind}s/{made.body[kind]['id']}"
    until(lambda: maker.user.volume.get(path)["status"] == "available", "it is there")
    late: dict[str, Any] = {"region": "Pod1", "service": "volume", "method": "DELETE"}
    with stack.simulator.fault("belated", **late, times=1, seconds=1.0):
        assert maker.user.volume("DELETE", path).status == 503
    stack.settle()
    assert stack.routings(resource_type=kind, top_id=made.body[kind]["id"]) == []


def test_a_server_that_its_pod_keeps_keeps_everything(stack: Stack, maker: Maker) -> None:
    site = Site(stack, maker.user)
    net = site.net("az1", "10.9.2.0/24")
    server = site.boot(net)
    never: dict[str, Any] = {"region": "Pod1", "service": "compute", "method": "DELETE"}
    for fault, status in (({"kind": "status", "status": 409}, 409), ({"kind": "refuse"}, 503)):
        with stack.simulator.fault(**fault, **never, times=1):
            assert maker.user.compute("DELETE", f"/servers/{server['id']}").status == status
        stack.settle()
        (port,) = maker.user.network.list(f"/ports?network_id={net.id}")
        assert port["device_id"] == server["id"]
    site.drop_server(server)
    maker.user.network.delete(f"/networks/{net.id}")
