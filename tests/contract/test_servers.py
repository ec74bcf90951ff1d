"""Servers: boot with ports and with networks, lists, actions and deletion."""

from __future__ import annotations

from typing import Any

from tests.contract.client import Answer
from tests.contract.conftest import Places
from tests.contract.play import Caller, Play
from tests.contract.test_routers import subnet
from tests.contract.test_volumes import volume

NOWHERE = "11111111-2222-4333-8444-555555555555"


def _image(play: Play) -> str:
    answer = play.at("demo", "image").send("GET", "/images?name=cirros")
    return str(answer.body["images"][0]["id"])


def _flavor(play: Play) -> str:
    given = {"id": play.name, "name": play.name, "ram": 64, "vcpus": 1, "disk": 1}
    made = play.at("trio2o", "compute").make("/flavors", "flavor", expect=200, **given)
    return str(made["id"])


def _built(answer: Answer) -> bool:
    return answer.body["server"]["status"] in ("ACTIVE", "ERROR")


def boot(caller: Caller, version: str, **given: Any) -> Any:
    """A server that is running, or not able to."""
    made = caller.make("/servers", "server", expect=202, version=version, **given)
    path = f"/servers/{made['id']}"
    answer = caller.until(path, _built, "built")
    assert answer.body["server"]["status"] == "ACTIVE", answer.body["server"].get("fault")
    return made


def test_a_server_on_a_given_port(places: Places) -> None:
    places.compare(_on_port)


def _on_port(play: Play) -> None:
    demo, net, admin = play.at("demo", "compute"), play.at("demo"), play.at("trio2o", "compute")
    network, inner = subnet(net, "10.71.0.0/24")
    fixed = [{"subnet_id": inner, "ip_address": "10.71.0.10"}]
    port = net.make("/ports", "port", network_id=network, fixed_ips=fixed)
    given = {
        "name": play.name,
        "imageRef": _image(play),
        "flavorRef": _flavor(play),
        "networks": [{"port": port["id"]}],
        "metadata": {"a": "b"},
    }
    body = {"server": given}
    viewer = play.at("viewer", "compute")
    viewer("POST", "/servers", body, expect=(403, "forbidden"), version="2.100")
    server = boot(demo, "2.100", **given)
    path = f"/servers/{server['id']}"
    for version in ("2.1", "2.3", "2.26", "2.47", "2.71", "2.73", "2.90", "2.96", "2.98", "2.100"):
        demo("GET", path, expect=200, version=version)
    admin("GET", path, expect=200, version="2.1")
    admin("GET", path, expect=200, version="2.100")
    shown = demo.send("GET", path).body["server"]
    entry = shown["addresses"][play.name][0]
    assert (entry["addr"], entry["OS-EXT-IPS:type"]) == ("10.71.0.10", "fixed")
    assert entry["OS-EXT-IPS-MAC:mac_addr"] == port["mac_address"]
    bound = net("GET", f"/ports/{port['id']}", expect=200)["port"]
    assert (bound["device_id"], bound["status"]) == (server["id"], "ACTIVE")
    assert bound["device_owner"] == "compute:nova"
    play.at("trio2o")("GET", f"/ports/{port['id']}", expect=200)
    demo("POST", "/servers", body, expect=(409, "conflictingRequest"), version="2.100")
    net("PUT", f"/ports/{port['id']}", {"port": {"name": "still mine"}}, expect=200)
    other = {"port": {"mac_address": "fa:16:3e:45:00:99"}}
    play.at("trio2o")("PUT", f"/ports/{port['id']}", other, expect=(409, "PortBound"))
    demo("GET", f"/servers/detail?name={play.name}", expect=200, version="2.100")
    demo("GET", f"/servers?name={play.name}", expect=200)
    demo("GET", f"{path}/ips", expect=200)
    demo("GET", f"{path}/os-interface", expect=200, version="2.70")
    demo("GET", f"{path}/os-security-groups", expect=200)
    demo("GET", f"{path}/metadata", expect=200)
    demo("GET", f"{path}/os-volume_attachments", expect=200, version="2.89")
    changed = {"server": {"name": f"{play.name}-2"}}
    demo("PUT", path, changed, expect=200, version="2.100")
    alt = play.at("alt", "compute")
    alt("GET", path, expect=(404, "itemNotFound"))
    alt("DELETE", path, expect=(404, "itemNotFound"))
    demo("DELETE", path, expect=204)
    demo.until(path, lambda answer: answer.status == 404, "gone")
    demo("GET", path, expect=(404, "itemNotFound"))
    # A real region hears of the guest's end from its switch.
    net.until(f"/ports/{port['id']}", lambda a: a.body["port"]["status"] == "DOWN", "down")
    free = net("GET", f"/ports/{port['id']}", expect=200)["port"]
    assert (free["device_id"], free["device_owner"]) == ("", "")


def test_a_server_on_a_network(places: Places) -> None:
    places.compare(_on_network)


def _on_network(play: Play) -> None:
    demo, net = play.at("demo", "compute"), play.at("demo")
    network, _ = subnet(net, "10.72.0.0/24")
    group = net.make("/security-groups", "security_group", name=play.name)
    given = {
        "name": play.name,
        "imageRef": _image(play),
        "flavorRef": _flavor(play),
        "networks": [{"uuid": network}],
        "security_groups": [{"name": group["id"]}],
    }
    server = boot(demo, "2.60", **given)
    path = f"/servers/{server['id']}"
    ports = net("GET", f"/ports?device_id={server['id']}", expect=200)["ports"]
    assert ports[0]["security_groups"] == [group["id"]]
    net("DELETE", f"/networks/{network}", expect=(409, "NetworkInUse"))
    demo("POST", f"{path}/action", {"os-stop": None}, expect=202)
    demo.until(path, lambda answer: answer.body["server"]["status"] == "SHUTOFF", "stopped")
    stopped = {"os-stop": None}
    demo("POST", f"{path}/action", stopped, expect=(409, "conflictingRequest"))
    demo("GET", path, expect=200, version="2.100")
    demo("POST", f"{path}/action", {"os-start": None}, expect=202)
    demo.until(path, lambda answer: answer.body["server"]["status"] == "ACTIVE", "started")
    for bad in ({"nonsense": None}, {}, {"reboot": {"type": "SIDEWAYS"}}):
        demo("POST", f"{path}/action", bad, expect=(400, "badRequest"))
    _attach(play, demo, server["id"])
    demo("POST", f"{path}/metadata", {"metadata": {"c": "d"}}, expect=200)
    demo("DELETE", f"{path}/metadata/c", expect=204)
    demo("DELETE", f"{path}/metadata/c", expect=(404, "itemNotFound"))
    demo("POST", f"{path}/action", {"lock": None}, expect=202)
    demo("DELETE", path, expect=(409, "conflictingRequest"))
    demo("POST", f"{path}/action", {"unlock": None}, expect=202)
    demo("DELETE", path, expect=204)
    demo.until(path, lambda answer: answer.status == 404, "gone")
    left = net("GET", f"/ports?network_id={network}", expect=200)["ports"]
    assert left == []


def _attach(play: Play, demo: Caller, server_id: str) -> None:
    store = play.at("demo", "block-storage")
    wanted = volume(store, name=play.name, size=1)["id"]
    plugs = f"/servers/{server_id}/os-volume_attachments"
    given = {"volumeAttachment": {"volumeId": wanted}}

    def is_now(status: str) -> None:
        found = f"/volumes/{wanted}"
        store.until(found, lambda a: a.body["volume"]["status"] == status, status)

    demo("POST", plugs, given, expect=200, version="2.89")
    is_now("in-use")
    for version in ("2.1", "2.70", "2.79", "2.89"):
        demo("GET", plugs, expect=200, version=version)
        demo("GET", f"{plugs}/{wanted}", expect=200, version=version)
    store("GET", f"/volumes/{wanted}", expect=200)
    store("DELETE", f"/volumes/{wanted}", expect=(400, "badRequest"))
    demo("POST", plugs, given, expect=(400, "badRequest"), version="2.89")
    unknown = {"volumeAttachment": {"volumeId": NOWHERE}}
    demo("POST", plugs, unknown, expect=(404, "itemNotFound"), version="2.89")
    demo("DELETE", f"{plugs}/{wanted}", expect=202)
    is_now("available")
    demo.until(f"{plugs}/{wanted}", lambda answer: answer.status == 404, "detached")
    demo("DELETE", f"{plugs}/{wanted}", expect=(404, "itemNotFound"))


def test_refusals_of_servers(places: Places) -> None:
    places.compare(_refusals)


def _refusals(play: Play) -> None:
    demo, net = play.at("demo", "compute"), play.at("demo")
    network, _ = subnet(net, "10.73.0.0/24")
    bare = net.make("/networks", "network", name=f"{play.name}-bare")["id"]
    good: dict[str, Any] = {
        "name": play.name,
        "imageRef": _image(play),
        "flavorRef": _flavor(play),
        "networks": [{"uuid": network}],
    }
    for change in (
        {"flavorRef": NOWHERE},
        {"imageRef": NOWHERE},
        {"networks": [{"uuid": NOWHERE}]},
        {"networks": [{"port": NOWHERE}]},
        {"networks": [{"uuid": bare}]},
        {"networks": "nonsense"},
        {"key_name": "no-such-key"},
        {"availability_zone": "no-such-zone"},
        {"security_groups": [{"name": "no-such-group"}]},
        {"name": ""},
        {"nonsense": 1},
        {"return_reservation_id": "perhaps"},
        {"min_count": 2, "max_count": 1},
        {"metadata": {"a": 1}},
    ):
        body = {"server": {**good, **change}}
        demo("POST", "/servers", body, expect=(400, "badRequest"), version="2.100")
    for missing in ("name", "flavorRef", "networks"):
        body = {"server": {key: value for key, value in good.items() if key != missing}}
        demo("POST", "/servers", body, expect=(400, "badRequest"), version="2.100")
    demo("POST", "/servers", {}, expect=(400, "badRequest"), version="2.100")
    demo("GET", f"/servers/{NOWHERE}", expect=(404, "itemNotFound"))
    demo("GET", "/servers/nonsense", expect=(404, "itemNotFound"))
    demo("GET", f"/servers?marker={NOWHERE}", expect=(400, "badRequest"))
    demo("GET", "/servers?limit=nonsense", expect=(400, "badRequest"))
    demo("GET", "/servers/detail?all_tenants=1", expect=(403, "forbidden"))
    admin = play.at("trio2o", "compute")
    # What others have in the lab at the moment is nothing to compare with.
    admin("GET", "/servers/detail?all_tenants=1&limit=1", expect=200, compare=False)
