"""What operators do: hypervisors, services, quotas, usage, events, hosts of aggregates."""

from __future__ import annotations

from tests.contract.conftest import Places
from tests.contract.play import Play

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_hypervisors(places: Places) -> None:
    places.compare(_hypervisors)


def _hypervisors(play: Play) -> None:
    admin, demo = play.at("trio2o", "compute"), play.at("demo", "compute")
    path = "/os-hypervisors"
    old = admin("GET", path, expect=200, version="2.1")["hypervisors"][0]
    new = admin("GET", f"{path}?with_servers=true", expect=200, version="2.53", compare=False)
    one = f"{path}/{new['hypervisors'][0]['id']}"
    admin("GET", one, expect=200, version="2.53")
    admin("GET", one, expect=200, version="2.88")
    admin("GET", f"{path}/{old['id']}", expect=200, version="2.1")
    admin("GET", f"{one}/uptime", expect=200, version="2.53")
    admin("GET", f"{path}/{old['id']}/uptime", expect=200, version="2.1")
    admin("GET", f"{one}/uptime", expect=(404, "itemNotFound"), version="2.88")
    admin("GET", f"{path}/statistics", expect=200, version="2.53")
    admin("GET", f"{path}/{old['hypervisor_hostname']}/search", expect=200, version="2.1")
    admin("GET", f"{path}/no-such/search", expect=(404, "itemNotFound"), version="2.1")
    pattern = f"{path}?hypervisor_hostname_pattern"
    admin("GET", f"{pattern}=no-such", expect=(404, "itemNotFound"), version="2.53")
    admin("GET", f"{pattern}=a&limit=1", expect=(400, "badRequest"), version="2.53")
    admin("GET", f"{path}/{NOBODY}", expect=(404, "itemNotFound"), version="2.53")
    admin("GET", f"{path}/1", expect=(400, "badRequest"), version="2.53")
    demo("GET", f"{path}/statistics", expect=(403, "forbidden"), version="2.53")


def test_services(places: Places) -> None:
    places.compare(_services)


def _services(play: Play) -> None:
    admin, demo = play.at("trio2o", "compute"), play.at("demo", "compute")
    path = "/os-services"
    rows = admin("GET", path, expect=200, version="2.53", compare=False)["services"]
    compute = next(row for row in rows if row["binary"] == "nova-compute")
    other = next(row for row in rows if row["binary"] == "nova-scheduler")
    one, host = f"{path}/{compute['id']}", compute["host"]
    enabled = {"status": "enabled"}
    admin("PUT", one, enabled, expect=200, version="2.53")
    reason = {**enabled, "disabled_reason": "none"}
    admin("PUT", one, reason, expect=(400, "badRequest"), version="2.53")
    admin("PUT", one, {}, expect=(400, "badRequest"), version="2.53")
    only = (400, "badRequest")
    admin("PUT", f"{path}/{other['id']}", enabled, expect=only, version="2.53")
    admin("PUT", f"{path}/{NOBODY}", enabled, expect=(404, "itemNotFound"), version="2.53")
    admin("PUT", f"{path}/1", enabled, expect=(400, "badRequest"), version="2.53")
    by_host = {"host": host, "binary": "nova-compute"}
    admin("PUT", f"{path}/enable", by_host, expect=200, version="2.1")
    nowhere = {**by_host, "host": "no-such-host"}
    admin("PUT", f"{path}/enable", nowhere, expect=(404, "itemNotFound"), version="2.1")
    admin("PUT", f"{path}/dance", by_host, expect=(404, "itemNotFound"), version="2.1")
    admin("DELETE", f"{path}/{NOBODY}", expect=(404, "itemNotFound"), version="2.53")
    demo("PUT", one, enabled, expect=(403, "forbidden"), version="2.53")


def test_quotas(places: Places) -> None:
    places.compare(_quotas)


def _quotas(play: Play) -> None:
    admin, demo = play.at("trio2o", "compute"), play.at("demo", "compute")
    project, user = play.login("demo").project_id, play.login("demo").user_id
    path = f"/os-quota-sets/{project}"
    play.clean(admin, path)
    for version in ("2.1", "2.36", "2.57"):
        wanted = {"quota_set": {"metadata_items": 100}}
        admin("PUT", path, wanted, expect=200, version=version)
    admin("PUT", f"{path}?user_id={user}", {"quota_set": {"ram": 40000}}, expect=200)
    admin("GET", f"{path}?user_id={user}", expect=200, version="2.57")
    bad = (400, "badRequest")
    admin("PUT", path, {"quota_set": {"ram": -2}}, expect=bad)
    admin("PUT", path, {"quota_set": {"volumes": 1}}, expect=bad)
    admin("PUT", path, {"quota_set": {"floating_ips": 1}}, expect=bad, version="2.36")
    demo("PUT", path, {"quota_set": {"ram": 1}}, expect=(403, "forbidden"))
    demo("GET", f"/os-quota-sets/{'f' * 32}", expect=(403, "forbidden"))
    for version in ("2.1", "2.50", "2.57"):
        admin("GET", "/os-quota-class-sets/default", expect=200, version=version)
    demo("GET", "/os-quota-class-sets/default", expect=(403, "forbidden"))
    admin("DELETE", path, expect=202)


def test_hosts(places: Places) -> None:
    places.compare(_hosts)


def _hosts(play: Play) -> None:
    admin, demo = play.at("trio2o", "compute"), play.at("demo", "compute")
    hosts = admin("GET", "/os-hosts", expect=200, compare=False)["hosts"]
    name = next(host["host_name"] for host in hosts if host["service"] == "compute")
    shown = admin("GET", f"/os-hosts/{name}", expect=200, compare=False)["host"]
    assert shown[0]["resource"]["project"] == "(total)"
    gone = (404, "itemNotFound")
    admin("GET", "/os-hosts/no-such", expect=gone)
    admin("GET", "/os-hosts", expect=gone, version="2.43")
    admin("GET", f"/os-hosts/{name}/startup", expect=(501, "notImplemented"))
    demo("GET", "/os-hosts", expect=(403, "forbidden"))
    demo("GET", "/os-fping", expect=(410, "computeFault"))


def test_volume_quotas(places: Places) -> None:
    places.compare(_volume_quotas)


def _volume_quotas(play: Play) -> None:
    admin, demo = play.at("trio2o", "block-storage"), play.at("demo", "block-storage")
    path = f"/os-quota-sets/{play.login('demo').project_id}"
    play.clean(admin, path)
    bad = (400, "badRequest")
    changed = admin("PUT", path, {"quota_set": {"groups": 9}}, expect=200, compare=False)
    assert changed["quota_set"]["groups"] == 9
    assert "id" not in changed["quota_set"]
    admin("PUT", path, {"quota_set": {"instances": 9}}, expect=bad)
    admin("PUT", path, {"quota_set": {"groups": -2}}, expect=bad)
    admin("PUT", path, {"quota_set": {}}, expect=bad)
    demo("PUT", path, {"quota_set": {"groups": 9}}, expect=(403, "forbidden"))
    admin("GET", "/os-quota-class-sets/default", expect=200, compare=False)
    demo("GET", "/os-quota-class-sets/default", expect=(403, "forbidden"))
    admin("DELETE", path, expect=200)


def test_manageable(places: Places) -> None:
    places.compare(_manageable)


def _manageable(play: Play) -> None:
    admin, demo = play.at("trio2o", "block-storage"), play.at("demo", "block-storage")
    bad, gone = (400, "badRequest"), (404, "itemNotFound")
    for kind in ("volume", "snapshot"):
        for path in (f"/os-{kind}-manage", f"/manageable_{kind}s"):
            for below in (path, f"{path}/detail"):
                admin("GET", below, expect=bad, version="3.8")
                admin("GET", below, expect=bad, version="3.17")
                admin("GET", f"{below}?host=no-such@file", expect=gone, version="3.8")
                demo("GET", f"{below}?host=no-such@file", expect=(403, "forbidden"), version="3.8")
            admin("POST", path, {kind: {}}, expect=bad, version="3.8")
        admin("GET", f"/manageable_{kind}s?host=no-such@file", expect=gone, version="3.7")
    wanted = {"ref": {"source-name": "x"}, "host": "no-such@file"}
    for other in ({}, {"host": None}, {"size": 1}, {"volume_type": "no-such"}):
        given = {"volume": wanted | other}
        admin("POST", "/os-volume-manage", given, expect=bad)
    admin("POST", "/workers/cleanup", {}, expect=gone, version="3.23")
    admin("POST", "/workers/cleanup", {"nonsense": 1}, expect=bad, version="3.24")
    demo("POST", "/workers/cleanup", {}, expect=(403, "forbidden"), version="3.24")
    for action in ("disable", "dance"):
        admin("PUT", f"/clusters/{action}", {"name": "no-such"}, expect=gone, version="3.7")
    given = {"snapshot": {"ref": {"source-name": "x"}, "volume_id": NOBODY}}
    admin("POST", "/os-snapshot-manage", given, expect=gone)


def test_usage_and_events(places: Places) -> None:
    places.compare(_usage)


def _usage(play: Play) -> None:
    admin, demo = play.at("trio2o", "compute"), play.at("demo", "compute")
    path = "/os-simple-tenant-usage"
    admin("GET", f"{path}?detailed=1&start=2020-01-01T00:00:00", expect=200, compare=False)
    admin("GET", f"{path}?start=yesterday", expect=(400, "badRequest"))
    late = f"{path}?start=2020-01-02T00:00:00&end=2020-01-01T00:00:00"
    admin("GET", late, expect=(400, "badRequest"))
    demo("GET", path, expect=(403, "forbidden"))
    demo("GET", f"{path}/{play.login('demo').project_id}", expect=200, compare=False)
    demo("GET", f"{path}/{'f' * 32}", expect=(403, "forbidden"))
    admin("GET", "/os-migrations", expect=200, version="2.59", compare=False)
    demo("GET", "/os-migrations", expect=(403, "forbidden"))
    event = {"name": "network-changed", "server_uuid": NOBODY}
    events = "/os-server-external-events"
    admin("POST", events, {"events": [event]}, expect=207)
    admin("POST", events, {"events": []}, expect=(400, "badRequest"))
    demo("POST", events, {"events": [event]}, expect=(403, "forbidden"))


def test_hosts_of_aggregates(places: Places) -> None:
    places.compare(_hosts)


def _hosts(play: Play) -> None:
    admin = play.at("trio2o", "compute")
    listed = admin("GET", "/os-services?binary=nova-compute", expect=200, compare=False)
    host = {"host": listed["services"][0]["host"]}
    made = admin.make("/os-aggregates", "aggregate", expect=200, name=play.name)
    path = f"/os-aggregates/{made['id']}/action"
    admin("POST", path, {"add_host": host}, expect=200)
    admin("POST", path, {"add_host": host}, expect=(409, "conflictingRequest"))
    admin("DELETE", f"/os-aggregates/{made['id']}", expect=(400, "badRequest"))
    admin("POST", path, {"remove_host": host}, expect=200)
    admin("POST", path, {"remove_host": host}, expect=(404, "itemNotFound"))
