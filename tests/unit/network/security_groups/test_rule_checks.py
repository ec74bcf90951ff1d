"""What a security group rule may say."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import BadRequest
from models.network.security_groups.rule_checks import canonical, converted, key, normalized_cidr

BLANK: dict[str, Any] = {
    "direction": "ingress", "ethertype": "IPv4", "protocol": None, "port_range_min": None,
    "port_range_max": None, "remote_ip_prefix": None, "remote_group_id": None,
    "remote_address_group_id": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"protocol": "TCP"}, {"protocol": "tcp"}),
        ({"protocol": 6}, {"protocol": "6"}),
        ({"protocol": "any"}, {"protocol": None}),
        ({"ethertype": "ipv6"}, {"ethertype": "IPv6"}),
        ({"port_range_min": "22"}, {"port_range_min": 22}),
        ({"port_range_max": None}, {"port_range_max": None}),
        ({"remote_ip_prefix": ""}, {"remote_ip_prefix": None}),
        ({"remote_ip_prefix": "10.0.0.7"}, {"remote_ip_prefix": "10.0.0.7/32"}),
        ({"remote_ip_prefix": "10.0.0.7/8"}, {"remote_ip_prefix": "10.0.0.7/8"}),
        ({"description": "d"}, {"description": "d"}),
    ],
)
def test_what_attributes_stand_for(given: dict[str, Any], found: dict[str, Any]) -> None:
    assert converted(given) == found


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"protocol": "256"}, "SecurityGroupRuleInvalidProtocol"),
        ({"protocol": "red"}, "SecurityGroupRuleInvalidProtocol"),
        ({"protocol": []}, "SecurityGroupRuleInvalidProtocol"),
        ({"ethertype": "IPv5"}, "SecurityGroupRuleInvalidEtherType"),
        ({"ethertype": None}, "SecurityGroupRuleInvalidEtherType"),
        ({"port_range_min": "x"}, "SecurityGroupInvalidPortValue"),
        ({"port_range_min": -1}, "SecurityGroupInvalidPortValue"),
        ({"port_range_max": 65536}, "SecurityGroupInvalidPortValue"),
        ({"remote_ip_prefix": "10.0.0.0/33"}, "InvalidCIDR"),
        ({"remote_ip_prefix": 7}, "InvalidCIDR"),
    ],
)
def test_what_attributes_cannot_be(given: dict[str, Any], kind: str) -> None:
    with pytest.raises(BadRequest) as refused:
        converted(given)
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"port_range_min": 1, "port_range_max": 2}, "SecurityGroupProtocolRequiredWithPorts"),
        ({"protocol": "tcp", "port_range_min": 0, "port_range_max": 2},
         "SecurityGroupInvalidPortValue"),
        ({"protocol": "tcp", "port_range_min": 9, "port_range_max": 2},
         "SecurityGroupInvalidPortRange"),
        ({"protocol": "udp", "port_range_max": 2}, "SecurityGroupInvalidPortRange"),
        ({"protocol": "gre", "port_range_min": 1, "port_range_max": 2},
         "SecurityGroupInvalidProtocolForPort"),
        ({"protocol": "icmp", "port_range_min": 256}, "SecurityGroupInvalidIcmpValue"),
        ({"protocol": "icmp", "port_range_max": 3}, "SecurityGroupMissingIcmpType"),
        ({"protocol": "ipv6-icmp"}, "SecurityGroupEthertypeConflictWithProtocol"),
        ({"remote_ip_prefix": "fd00::/64"}, "SecurityGroupRuleParameterConflict"),
        ({"remote_ip_prefix": "10.0.0.0/8", "remote_group_id": "g"},
         "SecurityGroupMultipleRemoteEntites"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_together(given: dict[str, Any], kind: str) -> None:
    with pytest.raises(BadRequest) as refused:
        canonical(BLANK | given)
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"protocol": "tcp", "port_range_min": 1, "port_range_max": 65535},
         {"port_range_min": None, "port_range_max": None}),
        ({"ethertype": "IPv6", "protocol": "icmp"}, {"protocol": "ipv6-icmp"}),
        ({"ethertype": "IPv6", "protocol": "1"}, {"protocol": "58"}),
        ({"protocol": "icmp", "port_range_min": 8, "port_range_max": 0}, {}),
    ],
)  # fmt: skip
def test_the_one_form_among_equal_ones(given: dict[str, Any], found: dict[str, Any]) -> None:
    assert canonical(BLANK | given) == BLANK | given | found


def test_rules_that_admit_the_same_have_one_key() -> None:
    named = BLANK | {"protocol": "tcp", "remote_ip_prefix": "0.0.0.0/0"}
    assert key(named) == key(BLANK | {"protocol": "6"})
    assert key(named) != key(BLANK | {"protocol": "udp"})


def test_host_bits_are_not_normal() -> None:
    assert normalized_cidr("10.0.0.7/8") == "10.0.0.0/8"
    assert normalized_cidr(None) is None
