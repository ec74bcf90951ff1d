"""What each attribute of a network resource may be, by the declarations themselves."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest
from models.network.collections.checks import check, integer, more_prefixes, tags
from models.network.collections.shapes import boolean
from models.resource import Attribute
from models.resources.network import NETWORK
from models.settings import Settings

ATTRIBUTES = {
    f"{kind.collection}.{attribute.name}": attribute
    for kind in NETWORK
    for attribute in kind.attributes
}
ID = "0f0c6a3e-6a3b-4c65-9d1f-1d4f0f5f3a11"
OTHER = "b2a1c0de-0000-4000-8000-00000000beef"
POOL = {"start": "10.0.0.2", "end": "10.0.0.9"}
ROUTE = {"destination": "10.9.0.0/24", "nexthop": "10.0.0.1"}

STORED: dict[str, list[tuple[Any, Any]]] = {
    "networks.name": [("red", "red"), ("", ""), ("ü" * 255, "ü" * 255)],
    "networks.admin_state_up": [
        (True, True), ("true", True), ("True", True), (1, True), ("1", True), ("yes", True),
        ("On", True), ("y", True), (" T ", True), (False, False), ("FALSE", False), (0, False),
        ("0", False), ("no", False), ("OFF", False), ("n", False), ("f", False),
    ],
    "networks.description": [("", ""), ("d" * 255, "d" * 255)],
    "networks.mtu": [
        (1500, 1500), ("1450", 1450), (0, 0), (65535, 65535), (True, 1), (1.5, 1),
    ],
    "networks.provider:segmentation_id": [(7, 7), ("7", 7)],
    "networks.provider:network_type": [("vlan", "vlan")],
    "subnets.network_id": [(ID, ID), (ID.upper(), ID.upper()), (ID.replace("-", ""),) * 2,
                           (f"urn:uuid:{ID}",) * 2, ("{" + ID + "}",) * 2],
    "subnets.ip_version": [(4, 4), ("6", 6)],
    "subnets.cidr": [("10.0.0.0/24", "10.0.0.0/24"), ("10.0.0.7/24", "10.0.0.0/24")],
    "subnets.gateway_ip": [(None, None), ("10.0.0.1", "10.0.0.1"), ("FD00:0::1", "fd00::1")],
    "subnets.allocation_pools": [(None, []), ([], []), ([POOL], [POOL])],
    "subnets.dns_nameservers": [(None, []), (["FE80::1"], ["FE80::1"])],
    "subnets.host_routes": [(None, []), ([ROUTE], [ROUTE])],
    "subnets.ipv6_ra_mode": [("slaac", "slaac")],
    "subnets.subnetpool_id": [(None, None), (ID, ID)],
    "ports.mac_address": [
        ("fa:16:3e:00:00:01", "fa:16:3e:00:00:01"), ("FA-16-3E-00-00-0A", "fa:16:3e:00:00:0a"),
        ("fa163e00000a", "fa:16:3e:00:00:0a"), ("fa16.3e00.a", "fa:16:3e:00:00:0a"),
        ("fa:16:3e:0:0:a", "fa:16:3e:00:00:0a"), ("fa163e-00000a", "fa:16:3e:00:00:0a"),
    ],
    "ports.fixed_ips": [
        ([], []), ([{"subnet_id": ID}], [{"subnet_id": ID}]), ([{"subnet": ID}], [{}]),
        ([{"ip_address": "10.0.0.5"}], [{"ip_address": "10.0.0.5"}]),
    ],
    "ports.security_groups": [(None, []), ([ID, OTHER], [ID, OTHER])],
    "ports.allowed_address_pairs": [
        (None, []),
        ([{"ip_address": "10.0.0.5"}], [{"ip_address": "10.0.0.5"}]),
        ([{"ip_address": "10.0.0.0/24", "mac_address": "FA-16-3E-00-00-0A"}],
         [{"ip_address": "10.0.0.0/24", "mac_address": "FA-16-3E-00-00-0A"}]),
    ],
    "ports.extra_dhcp_opts": [
        (None, []),
        ([{"opt_name": "mtu", "opt_value": "1400"}],
         [{"opt_name": "mtu", "opt_value": "1400", "ip_version": 4}]),
        ([{"opt_name": "mtu", "opt_value": None, "ip_version": "6"}],
         [{"opt_name": "mtu", "opt_value": None, "ip_version": 6}]),
    ],
    "ports.binding:vnic_type": [("normal", "normal"), ("direct", "direct")],
    "ports.binding:profile": [(None, {}), ({"a": 1}, {"a": 1})],
    "routers.ha": [(None, None), ("true", True), (0, False)],
    "routers.external_gateway_info": [
        (None, None), ({}, None), ({"network_id": ID}, {"network_id": ID}),
        ({"network_id": ID, "enable_snat": "false"}, {"network_id": ID, "enable_snat": False}),
    ],
    "networks.availability_zone_hints": [([], []), (["az1", "az2"], ["az1", "az2"])],
    "ports.binding:host_id": [(None, ""), ([], ""), ({}, ""), ("compute-1", "compute-1")],
    "subnets.service_types": [(None, []), ("", []), (["compute:nova"], ["compute:nova"])],
    "address_groups.description": [("d" * 1024, "d" * 1024)],
    "subnetpools.name": [("red", "red"), (" red", " red")],
    "security_group_rules.security_group_id": [(ID, ID), ("here", "here"), ("", "")],
    "security_group_rules.remote_group_id": [(None, None), ("", None), (ID, ID), (1, "1")],
    "security_group_rules.port_range_min": [(None, None), (22, 22), ("22", 22)],
    "security_group_rules.direction": [("ingress", "ingress"), ("egress", "egress")],
    "security_group_rules.ethertype": [("IPv4", "IPv4"), ("ipv6", "IPv6")],
    "security_group_rules.protocol": [(None, None), ("TCP", "tcp"), (17, "17")],
    "security_group_rules.remote_ip_prefix": [
        (None, None), ("10.0.0.1", "10.0.0.1"), ("10.0.0.0/8", "10.0.0.0/8"),
    ],
    "address_groups.addresses": [(None, []), (["10.0.0.9/16"], ["10.0.0.0/16"])],
    "subnetpools.prefixes": [(["10.0.0.9/16"], ["10.0.0.0/16"])],
    "subnetpools.default_quota": [(0, 0), ("9", 9)],
    "subnetpools.min_prefixlen": [(8, 8), ("26", 26), (True, 1)],
    "rbac_policies.object_type": [("network", "network"), (" Network ", "network")],
    "rbac_policies.action": [("access_as_shared", "access_as_shared")],
    "rbac_policies.target_tenant": [("*", "*"), ("p" * 64, "p" * 64)],
}  # fmt: skip

REFUSED: dict[str, list[Any]] = {
    "networks.name": [None, 7, [], "x" * 256, "nul\0l"],
    "networks.admin_state_up": [None, "perhaps", 2, [], {}, "", 1.0],
    "networks.description": [None, 7, "d" * 256],
    "networks.mtu": [-1, 2**31, "big", None, "1.5"],
    "networks.availability_zone_hints": ["az1", [7], ["az1", "az1"], None, ["x" * 252]],
    "networks.provider:segmentation_id": ["x", [], 2**31, None],
    "networks.provider:network_type": [7, "x" * 256, None],
    "subnets.network_id": [None, "red", 7, ID + "0", ID[:-1]],
    "subnets.ip_version": [5, "four", None, True],
    "subnets.cidr": ["10.0.0.0/33", "red", 7],
    "subnets.gateway_ip": ["10.0.0", "10.0.0.1/24", 7, ""],
    "subnets.allocation_pools": ["all", [7], [{"start": "10.0.0.2"}], [{**POOL, "end": "x"}],
                                 [{**POOL, "more": 1}]],
    "subnets.dns_nameservers": ["9.9.9.9", ["red"], ["9.9.9.9", "9.9.9.9"], [7]],
    "subnets.host_routes": ["r", [7], [{"destination": "10.9.0.0/24"}], [ROUTE, ROUTE],
                            [{**ROUTE, "destination": "10.9.0.1/24"}],
                            [{**ROUTE, "nexthop": "x"}]],
    "subnets.ipv6_ra_mode": ["auto", 4, None],
    "subnets.subnetpool_id": ["red", 7],
    "ports.mac_address": ["fa:16:3e:00", "fa.16.3e.00.00.01", "00:00:00:00:00:00", 7, None,
                          "fa:16:3e:00:00:0g"],
    "ports.fixed_ips": [None, "10.0.0.5", [7], [{"ip_address": "x"}], [{"subnet_id": "x"}],
                        [{"ip_address": None}], [{"subnet_id": None}],
                        [{"ip_address": "fe80::1%eth0"}]],
    "ports.security_groups": ["red", ["red"], [ID, ID]],
    "ports.allowed_address_pairs": ["x", [7], [{}], [{"ip_address": "x"}],
                                    [{"ip_address": "10.0.0.5", "port": 1}],
                                    [{"ip_address": "10.0.0.5"}] * 2,
                                    [{"ip_address": "10.0.0.5", "mac_address": "x"}]],
    "ports.extra_dhcp_opts": ["x", [7], [{}], [{"opt_name": " "}], [{"opt_name": "a", "b": 1}],
                              [{"opt_name": "a", "ip_version": 5}],
                              [{"opt_name": "a", "opt_value": "x" * 256}]],
    "ports.binding:vnic_type": ["virtual", None, 7],
    "ports.binding:profile": ["x", [], 7],
    "routers.ha": ["perhaps", [], 2],
    "routers.external_gateway_info": ["x", {"enable_snat": True}, {"network_id": "x"},
                                      {"network_id": ID, "more": 1},
                                      {"network_id": ID, "qos_policy_id": ID},
                                      {"network_id": ID, "enable_snat": "perhaps"},
                                      {"network_id": ID, "external_fixed_ips": "x"}],
    "ports.binding:host_id": [7, ["h"], "x" * 256],
    "subnets.service_types": ["x", [7], ["a", "a"]],
    "address_groups.description": ["d" * 1025, None],
    "subnetpools.name": ["", " ", None, "x" * 256],
    "security_group_rules.security_group_id": [None, 7, "x" * 37],
    "security_group_rules.port_range_min": ["x", [], 2**31],
    "security_group_rules.direction": ["in", None, "INGRESS"],
    "security_group_rules.ethertype": ["IPv5", None, 4],
    "security_group_rules.protocol": [True, [], "x" * 256],
    "security_group_rules.remote_ip_prefix": ["10.0.0.0/33", "red", ""],
    "address_groups.addresses": ["x", {}, [7]],
    "subnetpools.prefixes": [None, "10.0.0.0/8", ["10.0.0.1"], [7], ["10.0.0.0/8", "10.1.0.0/8"]],
    "subnetpools.default_quota": [-1, "x", None],
    "subnetpools.min_prefixlen": [-1, "x", None],
    "rbac_policies.object_type": ["router", None, 7],
    "rbac_policies.action": [None, 7, "x" * 256],
    "rbac_policies.target_tenant": ["p" * 65, None, 7],
}  # fmt: skip


def _attribute(name: str) -> Attribute:
    return ATTRIBUTES[name]


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [(name, given, stored) for name, rows in STORED.items() for given, stored in rows],
)
def test_what_may_be_is_stored_in_its_form(name: str, given: Any, stored: Any) -> None:
    found = check(_attribute(name), given, Settings(), "x")
    assert found == stored
    assert type(found) is type(stored)


@pytest.mark.parametrize(
    ("name", "given"), [(name, given) for name, rows in REFUSED.items() for given in rows]
)
def test_what_may_not_be_is_the_clients_fault(name: str, given: Any) -> None:
    with pytest.raises(BadRequest):
        check(_attribute(name), given, Settings(), "x")


def test_every_kind_that_a_client_may_set_is_in_both_tables() -> None:
    asked = {id(a.kind): name for name, a in ATTRIBUTES.items() if a.post or a.put}
    # Whatever it is, it is looked up.
    del asked[id(_attribute("security_group_rules.remote_group_id").kind)]
    for table in (STORED, REFUSED):
        told = {id(_attribute(name).kind) for name in table}
        assert {name for kind, name in asked.items() if kind not in told} == set()


@pytest.mark.parametrize("given", ["", "x", "1.5", None, 2**31, float("inf"), [1]])
def test_a_number_of_the_query_is_a_number(given: Any) -> None:
    with pytest.raises(BadRequest, match="is not an integer"):
        integer(given)


def test_truth_has_neutrons_spellings_only() -> None:
    assert boolean("TRUE") is True
    assert boolean("Off") is False
    with pytest.raises(BadRequest, match="cannot be converted to boolean"):
        boolean("perhaps")


def test_tags_are_different_words() -> None:
    assert tags(["b", "a"]) == ["b", "a"]
    for wrong in (["a", "a"], "a", [7], ["x" * 256]):
        with pytest.raises(BadRequest):
            tags(wrong)


def test_prefixes_are_added_one_by_one_or_together() -> None:
    assert more_prefixes("10.0.0.1") == ["10.0.0.1/32"]
    assert more_prefixes(["10.0.0.0/8", "fd00::/8"]) == ["10.0.0.0/8", "fd00::/8"]
    with pytest.raises(BadRequest, match="invalid IPNetwork red"):
        more_prefixes(["10.0.0.0/8", "red"])
    with pytest.raises(BadRequest, match="Duplicate items"):
        more_prefixes(["10.0.0.0/8", "10.0.0.0/8"])


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_nobody_looks_at_more_than_there_may_be(name: str) -> None:
    # Nothing in it could be converted: the number alone is what is refused.
    beyond = [object()] * (Settings().max_list_items + 1)
    for given in (beyond, dict.fromkeys(range(len(beyond))), {"external_fixed_ips": beyond}):
        with pytest.raises(BadRequest) as refused:
            check(ATTRIBUTES[name], given, Settings(), "mine")
        words = ("exceed", "Exceeded")
        assert any(word in refused.value.message for word in words)
