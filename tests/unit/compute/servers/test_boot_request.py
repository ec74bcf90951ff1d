"""What of a server create request concerns the gateway."""

from __future__ import annotations

from typing import Any

import pytest

from models.compute.servers.boot_request import Nic, parse
from models.errors import BadRequest

NETWORK = "0f0c6a3e-6a3b-4c65-9d1f-1d4f0f5f3a11"
PORT = "b2a1c0de-0000-4000-8000-00000000beef"
NEW = (2, 60)


def _body(**server: Any) -> dict[str, Any]:
    return {"server": {"name": "s", "flavorRef": "f", "networks": "none", **server}}


@pytest.mark.parametrize(
    ("given", "mode", "nics"),
    [
        ("auto", "auto", []),
        ("none", "none", []),
        ([], "auto-if-any", []),
        ([{"uuid": NETWORK}], "given", [Nic(NETWORK)]),
        ([{"port": PORT}], "given", [Nic(port_id=PORT)]),
        ([{"uuid": NETWORK, "fixed_ip": "10.0.0.5", "tag": "t"}], "given",
         [Nic(NETWORK, fixed_ip="10.0.0.5", tag="t")]),
    ],
)  # fmt: skip
def test_the_networks_it_asks_for(given: Any, mode: str, nics: list[Nic]) -> None:
    request = parse(_body(networks=given), NEW)
    assert (request.mode, request.nics) == (mode, nics)


def test_before_2_37_networks_need_not_be_said() -> None:
    body = {"server": {"name": "s", "flavorRef": "f"}}
    assert parse(body, (2, 1)).mode == "auto-if-any"
    with pytest.raises(BadRequest, match="'networks' is a required property"):
        parse(body, (2, 37))


def test_a_flavor_may_be_a_link() -> None:
    assert parse(_body(flavorRef="http://cloud/flavors/7"), NEW).flavor_id == "7"
    assert parse(_body(flavorRef=7), NEW).flavor_id == "7"


def test_a_count_may_be_a_number_of_any_kind() -> None:
    assert parse(_body(min_count=1.0, max_count="2"), NEW).most == 2
    assert parse(_body(min_count=3), NEW).least == 3


def test_ids_may_be_in_any_case_and_notation() -> None:
    request = parse(_body(networks=[{"uuid": NETWORK.upper()}]), NEW)
    assert request.nics == [Nic(NETWORK.upper())]
    parse({**_body(), "os:scheduler_hints": {"group": "{" + PORT + "}"}}, NEW)


def test_zone_and_host_in_one_word() -> None:
    request = parse(_body(availability_zone="az1:host:node"), NEW)
    assert (request.zone, request.host) == ("az1", "host:node")
    assert request.target == ("host", "node")


def test_many_have_a_reservation_and_one_has_it_when_it_asks() -> None:
    assert parse(_body(), NEW).reservation_id == ""
    assert parse(_body(max_count=2), NEW).reservation_id.startswith("r-")
    asked = parse(_body(return_reservation_id=True), NEW)
    assert asked.wants_reservation
    assert asked.reservation_id


def test_group_names_are_told_once() -> None:
    request = parse(_body(security_groups=[{"name": "a"}, {"name": "b"}, {"name": "a"}]), NEW)
    assert request.groups == ["a", "b"]


def test_disks_by_what_they_come_from() -> None:
    disks = [{"source_type": "volume", "uuid": "v"}, {"source_type": "snapshot", "uuid": "s"},
             {"source_type": "image", "uuid": "i"}]  # fmt: skip
    old = [{"volume_id": PORT}]
    request = parse(_body(block_device_mapping_v2=disks, block_device_mapping=old), NEW)
    assert request.volumes == {"v": "volume", "s": "snapshot", PORT: "volume"}


@pytest.mark.parametrize(
    "server",
    [
        {"name": ""}, {"name": 7}, {"flavorRef": True}, {"flavorRef": []}, {"red": 1},
        {"networks": "red"}, {"networks": [7]}, {"networks": [{}]},
        {"networks": [{"uuid": "red"}]}, {"networks": [{"port": "red"}]},
        {"networks": [{"uuid": 7}]}, {"networks": [{"port": PORT, "fixed_ip": "10.0.0.5"}]},
        {"security_groups": "a"}, {"min_count": 0}, {"min_count": 1.5}, {"max_count": 0},
        {"security_groups": [{"name": "a", "id": 1}]}, {"key_name": 7},
        {"min_count": 3, "max_count": 2}, {"min_count": "x"}, {"min_count": -1},
        {"max_count": 2, "networks": [{"port": PORT}]},
        {"max_count": 2, "networks": [{"uuid": NETWORK, "fixed_ip": "10.0.0.5"}]},
        {"block_device_mapping_v2": "x"}, {"block_device_mapping": [7]},
        {"return_reservation_id": "maybe"}, {"availability_zone": 7}, {"host": "h"},
        {"availability_zone": ""}, {"availability_zone": None}, {"availability_zone": " az1"},
        {"key_name": None}, {"key_name": ""}, {"security_groups": None}, {"networks": None},
        {"name": " s"},
    ],
)  # fmt: skip
def test_what_nova_refuses(server: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        parse(_body(**server), NEW)


@pytest.mark.parametrize("name", ["os:scheduler_hints", "OS-SCH-HNT:scheduler_hints"])
def test_hints_are_an_object(name: str) -> None:
    with pytest.raises(BadRequest, match="None is not of type 'object'"):
        parse({**_body(), name: None}, NEW)
    assert parse({**_body(), name: {}}, NEW).hints == {}


def test_two_ways_to_name_a_host_exclude_each_other() -> None:
    with pytest.raises(BadRequest, match="mutually exclusive"):
        parse(_body(availability_zone="az1:host", host="h"), (2, 74))


@pytest.mark.parametrize("body", [{}, {"server": None}, {"server": []}])
def test_without_a_server_there_is_no_request(body: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match=r"'server' is a required|is not of type 'object'"):
        parse(body, NEW)
