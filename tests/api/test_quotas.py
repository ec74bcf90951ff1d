"""Quotas hold over all pods, however many ask at once, and whatever a pod is doing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.client import Answer, User, send, until
from tests.support.stack import Stack
from tests.support.topology import Site


@pytest.fixture
def site(stack: Stack, tenant: User) -> Iterator[Site]:
    with stack.nothing_left():
        site = Site(stack, tenant)
        yield site
        site.tear_down()


def _limit(stack: Stack, user: User, service: str, **limits: int) -> None:
    api = stack.admin.compute if service == "compute" else stack.admin.volume
    api.put(f"/os-quota-sets/{user.project_id}", {"quota_set": limits})


def _boot(site: Site, zone: str, **more: object) -> Answer:
    server = {
        "name": "vm",
        "imageRef": site.image(),
        "flavorRef": site.flavor(),
        "networks": "none",
        "availability_zone": zone,
        **more,
    }
    headers = {"openstack_api_version": "compute 2.60"}
    return site.user.compute("POST", "/servers", {"server": server}, **headers)


def test_servers_in_two_zones_share_one_limit(stack: Stack, site: Site) -> None:
    _limit(stack, site.user, "compute", instances=2)
    site.flavor()
    with ThreadPoolExecutor(4) as many:
        answers = list(many.map(lambda zone: _boot(site, zone), ["az1", "az2"] * 2))
    assert sorted(answer.status for answer in answers) == [202, 202, 403, 403]
    refused = next(answer for answer in answers if answer.status == 403)
    assert refused.message == (
        "Quota exceeded for instances: Requested 1, but already used 2 of 2 instances"
    )
    used = site.user.compute.get(f"/os-quota-sets/{site.user.project_id}/detail")["instances"]
    assert used == {"limit": 2, "in_use": 2, "reserved": 0}


def test_as_many_as_there_is_room_for(stack: Stack, site: Site) -> None:
    _limit(stack, site.user, "compute", instances=3)
    assert _boot(site, "az1", min_count=4, max_count=5).status == 403
    assert site.user.compute.list("/servers") == []
    assert _boot(site, "az1", min_count=2, max_count=5).status == 202
    assert len(site.user.compute.list("/servers")) == 3


def test_a_server_grows_within_the_limit(stack: Stack, site: Site) -> None:
    api = site.user.compute
    _limit(stack, site.user, "compute", cores=2)
    id_ = _boot(site, "az1").body["server"]["id"]
    until(lambda: api.get(f"/servers/{id_}")["status"] == "ACTIVE", "the server is active")
    large = stack.admin.compute.make("/flavors", name=f"large-{id_}", ram=64, vcpus=4, disk=1)
    resize = {"resize": {"flavorRef": large["id"]}}
    refused = api("POST", f"/servers/{id_}/action", resize)
    stack.admin.compute.delete(f"/flavors/{large['id']}")
    assert (refused.status, refused.message) == (
        403,
        "Quota exceeded for cores: Requested 3, but already used 1 of 2 cores",
    )


def test_volumes_in_two_zones_share_one_limit(stack: Stack, site: Site) -> None:
    user = site.user
    _limit(stack, user, "volume", volumes=2, gigabytes=5)
    for zone in ("az1", "az2"):
        user.volume.make("/volumes", size=2, availability_zone=zone)
    over = user.volume("POST", "/volumes", {"volume": {"size": 1, "availability_zone": "az1"}})
    assert (over.status, over.fault, over.headers["retry-after"]) == (413, "overLimit", "0")
    assert over.message == "Maximum number of volumes allowed (2) exceeded for quota 'volumes'."
    over = user.volume("POST", "/volumes", {"volume": {"size": 2, "availability_zone": "az1"}})
    assert over.message == (
        "Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G, quota is 5G "
        "and 4G has been consumed."
    )
    limits = user.volume.get("/limits")["absolute"]
    assert (limits["totalVolumesUsed"], limits["totalGigabytesUsed"]) == (2, 4)


def _made(user: User, **wanted: object) -> Answer:
    return user.volume("POST", "/volumes", {"volume": wanted})


def _available(user: User, volume_id: str) -> str:
    path = f"/volumes/{volume_id}"
    until(lambda: user.volume.get(path)["status"] == "available", "the volume is there")
    return volume_id


def test_volumes_of_a_type_have_a_limit_over_all_pods(stack: Stack, site: Site) -> None:
    user, admin = site.user, stack.admin.volume
    path = f"/os-quota-sets/{user.project_id}"
    fast = admin("POST", "/types", {"volume_type": {"name": "fast"}}).body["volume_type"]
    assert admin.get(path)["volumes_fast"] == -1
    assert admin.get(f"{path}/defaults")["snapshots_fast"] == -1
    unknown = admin("PUT", path, {"quota_set": {"volumes_slow": 1}})
    assert unknown.message == "Invalid input received: Bad key(s) in quota set: volumes_slow"
    _limit(stack, user, "volume", volumes_fast=2, gigabytes_fast=6, snapshots_fast=0)
    in_az1 = {"size": 1, "availability_zone": "az1", "volume_type": "fast"}
    first, second = (
        _available(user, _made(user, **in_az1 | {"availability_zone": zone}).body["volume"]["id"])
        for zone in ("az1", "az2")
    )
    over = _made(user, **in_az1)
    text = "Maximum number of volumes allowed (2) exceeded for quota 'volumes_fast'."
    assert (over.status, over.message) == (413, text)
    # By name or by id, or because what it is made from is of the type.
    assert _made(user, **in_az1 | {"volume_type": fast["id"]}).message == text
    assert _made(user, size=1, source_volid=first).message == text
    assert _made(user, source_volid=second).message == text
    extend = {"os-extend": {"new_size": 6}}
    over = user.volume("POST", f"/volumes/{first}/action", extend)
    assert over.message == (
        "Requested volume or snapshot exceeds allowed gigabytes_fast quota. Requested 5G, quota "
        "is 6G and 2G has been consumed."
    )
    over = user.volume("POST", "/snapshots", {"snapshot": {"volume_id": first}})
    assert (over.status, over.message) == (413, "Maximum number of snapshots allowed (0) exceeded")
    plain = _available(user, _made(user, size=1, availability_zone="az2").body["volume"]["id"])
    retype = {"os-retype": {"new_type": "fast", "migration_policy": "never"}}
    assert user.volume("POST", f"/volumes/{plain}/action", retype).message == text
    admin.put(f"/types/{fast['id']}", {"volume_type": {"name": "faster"}})
    assert admin.get(f"{path}?usage=true")["volumes_faster"]["limit"] == 2
    assert "volumes_fast" not in admin.get(path)
    assert _made(user, **in_az1 | {"volume_type": "faster"}).status == 413
    _limit(stack, user, "volume", volumes_faster=3)
    assert user.volume("POST", f"/volumes/{plain}/action", retype).status == 404
    retype["os-retype"]["new_type"] = "faster"
    assert user.volume("POST", f"/volumes/{plain}/action", retype).status == 202
    for volume_id in (first, second, plain):
        user.volume.delete(f"/volumes/{volume_id}")
    until(lambda: user.volume.list("/volumes") == [], "the volumes are gone")
    admin.delete(f"/types/{fast['id']}")
    assert "volumes_faster" not in admin.get(path)


def test_volumes_that_come_by_other_ways_count_as_well(stack: Stack, site: Site) -> None:
    user, other = site.user, stack.tenant()
    _limit(stack, user, "volume", volumes_file=1, snapshots_file=0)
    mine = _available(user, _made(user, size=1, availability_zone="az1").body["volume"]["id"])
    theirs = _available(other, _made(other, size=1, availability_zone="az2").body["volume"]["id"])
    offer = {"transfer": {"volume_id": theirs}}
    transfer = other.volume("POST", "/volume-transfers", offer).body["transfer"]
    key = {"accept": {"auth_key": transfer["auth_key"]}}
    path = f"/volume-transfers/{transfer['id']}"
    text = "Maximum number of volumes allowed (1) exceeded for quota 'volumes_file'."
    over = user.volume("POST", f"{path}/accept", key)
    assert (over.status, over.message) == (413, text)
    assert user.volume("GET", f"/volumes/{theirs}").status == 404
    # Nova says 403 where Cinder says 413.
    for wanted in ({"size": 1}, {"size": 1, "volume_type": "file"}):
        over = user.compute("POST", "/os-volumes", {"volume": wanted})
        assert (over.status, over.message) == (403, text)
    over = user.compute("POST", "/os-snapshots", {"snapshot": {"volume_id": mine}})
    assert (over.status, over.message) == (403, "Maximum number of snapshots allowed (0) exceeded")
    _limit(stack, user, "volume", volumes_file=2)
    assert user.volume("POST", f"{path}/accept", key).status == 202
    for volume_id in (mine, theirs):
        user.volume.delete(f"/volumes/{volume_id}")
    until(lambda: user.volume.list("/volumes") == [], "the volumes are gone")


def test_what_a_pod_said_last_counts_while_it_is_out(stack: Stack, site: Site) -> None:
    user = site.user
    path = f"/os-quota-sets/{user.project_id}"
    user.volume.make("/volumes", size=2, availability_zone="az1")
    assert user.volume.get(f"{path}?usage=true")["volumes"]["in_use"] == 1
    with stack.simulator.fault(region="Pod1", service="volume", kind="status", status=500):
        assert user.volume.get(f"{path}?usage=true")["volumes"]["in_use"] == 1
        _limit(stack, user, "volume", volumes=1)
        over = user.volume("POST", "/volumes", {"volume": {"size": 1, "availability_zone": "az2"}})
        assert over.status == 413


def test_what_was_read_while_something_was_made_counts_it_once(stack: Stack, site: Site) -> None:
    user = site.user
    path = f"/os-quota-sets/{user.project_id}?usage=true"
    volume = {"volume": {"size": 2, "availability_zone": "az1"}}
    making = {"region": "Pod1", "service": "volume", "method": "POST", "path": "/volumes$"}
    assert user.volume.get(path)["volumes"]["in_use"] == 0
    with ThreadPoolExecutor(1) as other, stack.simulator.fault(kind="late", seconds=2, **making):
        made = other.submit(user.volume, "POST", "/volumes", volume)
        # It is there, and counted by its pod, before its answer is.
        until(lambda: user.volume.get(path)["volumes"]["in_use"] == 1, "the pod counts it")
        assert made.result().status == 202
    with stack.simulator.fault(region="Pod1", service="volume", kind="status", status=500):
        used = user.volume.get(path)
        assert (used["volumes"]["in_use"], used["gigabytes"]["in_use"]) == (1, 2)


def test_limits_reach_the_pods(stack: Stack, tenant: User) -> None:
    path = f"/os-quota-sets/{tenant.project_id}"
    _limit(stack, tenant, "compute", cores=7)
    assert [_in_pod(stack, tenant, pod, path) for pod in stack.pods] == [7] * len(stack.pods)
    stack.admin.compute.delete(path)
    assert [_in_pod(stack, tenant, pod, path) for pod in stack.pods] == [20] * len(stack.pods)


def _in_pod(stack: Stack, user: User, pod: str, path: str) -> int:
    url = stack.admin.endpoint(pod, "compute") + path
    answer = send("GET", url, headers={"X-Auth-Token": user.token})
    return int(answer.body["quota_set"]["cores"])
