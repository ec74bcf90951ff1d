"""Subnets of every size and of odd kinds: the gateway and a pod say the same, and never 500."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from tests.support.client import Answer, Json, User, send
from tests.support.stack import Stack

BASES = {4: ("10.1.2.3", "192.0.2.255"), 6: ("2001:db8::", "fd00:1:2:3:4:5:6:ffff")}
BITS = {4: 32, 6: 128}
SLAAC = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
STATELESS = {"ipv6_address_mode": "dhcpv6-stateless"}
ODD: list[Any] = [
    "0.0.0.0/0", "0.0.0.0/8", "0.0.0.0/32", "127.0.0.0/8", "127.0.0.1/32", "169.254.0.0/16",
    "224.0.0.0/4", "239.1.1.0/24", "240.0.0.0/4", "255.255.255.255/32", "255.255.255.0/24",
    "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/24", "10.0.0.0/24/24", "010.0.0.0/24",
    "10.0.0.256/24", "", "/", "/24", "x", "::/0", "::/64", "::/128", "::1/128", "fe80::/10",
    "fe80::/64", "ff00::/8", "ff02::1/128", "2001:db8::/129", "2001:db8::1/64", "2001:DB8::/64",
    "2001:db8:0:0:0:0:0:0/64", "2001:db8::%eth0/64", 24, True, [], {}, ["10.0.0.0/24"],
]  # fmt: skip
GATEWAYS: dict[int, list[Any]] = {
    4: [None, "10.1.2.0", "10.1.2.1", "10.1.2.255", "10.9.9.9", "::1", "", "x"],
    6: [None, "2001:db8::", "2001:db8::1", "fe80::1", "2001:db8:f::1", "10.0.0.1", "x"],
}


@dataclass
class Place:
    """Where a network API is, with a network of the user's in it."""

    url: str
    token: str
    network: str = ""

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Call it."""
        return send(method, self.url + path, body, {"X-Auth-Token": self.token})


@pytest.fixture(scope="module")
def places(stack: Stack) -> Iterator[list[Place]]:
    """The gateway and a pod."""
    user: User = stack.tenant()
    pod = user.endpoint("Pod1", "network")
    pod = pod if pod.endswith("/v2.0") else f"{pod}/v2.0"
    found = [Place(f"{stack.url}/network/v2.0", user.token), Place(pod, user.token)]
    for place in found:
        made = place.ask("POST", "/networks", {"network": {"name": "odd"}})
        place.network = made.body["network"]["id"]
    yield found
    for place in found:
        place.ask("DELETE", f"/networks/{place.network}")


def _sizes(version: int) -> Iterator[Json]:
    most = BITS[version]
    for base in BASES[version]:
        whole = base == BASES[version][0]
        for length in range(most + 1) if whole else (1, most - 2, most - 1, most):
            for more in ({}, {"enable_dhcp": False}):
                yield {"ip_version": version, "cidr": f"{base}/{length}", **more}
    for length in (1, 63, 64, 65, 127, 128) if version == 6 else ():
        for modes in (SLAAC, STATELESS):
            for more in ({}, {"enable_dhcp": False}):
                yield {"ip_version": 6, "cidr": f"2001:db8::/{length}", **modes, **more}


def _odd(version: int) -> Iterator[Json]:
    for cidr in ODD:
        for more in ({}, {"enable_dhcp": False}):
            yield {"ip_version": version, "cidr": cidr, **more}


def _edges(version: int) -> Iterator[Json]:
    ends = [end for end in GATEWAYS[version] if end]
    base = {4: "10.1.2.0", 6: "2001:db8::"}[version]
    for length in {4: (24, 31, 32), 6: (64, 127, 128)}[version]:
        subnet = {"ip_version": version, "cidr": f"{base}/{length}", "enable_dhcp": False}
        yield subnet | {"allocation_pools": []}
        for gateway in GATEWAYS[version]:
            yield subnet | {"gateway_ip": gateway}
        for start, end in product(ends, ends):
            yield subnet | {"allocation_pools": [{"start": start, "end": end}]}


KINDS = {"sizes": _sizes, "odd": _odd, "edges": _edges}
# What Neutron's own rules make of them: the refusal, or gateway and pool.
RIGHT: list[tuple[Json, Any]] = [
    ({"cidr": "10.1.2.2/31"}, (409, "IpamValueInvalid")),
    ({"cidr": "10.1.2.2/31", "gateway_ip": "10.1.2.3"}, (400, "InvalidInput")),
    ({"cidr": "10.1.2.2/31", "gateway_ip": None}, (None, "10.1.2.2", "10.1.2.3")),
    ({"cidr": "10.1.2.3/32"}, ("10.1.2.4", "10.1.2.3", "10.1.2.3")),
    ({"cidr": "0.0.0.0/4"}, ("0.0.0.1", "0.0.0.2", "15.255.255.254")),
    ({"cidr": "0.0.0.0/4", "enable_dhcp": True}, (400, "InvalidInput")),
    ({"cidr": "2001:db8::/128"}, ("2001:db8::", "2001:db8::", "2001:db8::")),
    ({"cidr": "2001:db8::/127"}, ("2001:db8::", "2001:db8::1", "2001:db8::1")),
    ({"cidr": "2001:db8::/127", "enable_dhcp": True}, (400, "InvalidInput")),
    ({"cidr": "2001:db8::/128", "enable_dhcp": True, **SLAAC}, (400, "InvalidInput")),
    ({"cidr": "2001:db8::/65", "enable_dhcp": True, **STATELESS}, (400, "InvalidInput")),
    ({"cidr": "2001:db8::/64", **SLAAC}, (400, "InvalidInput")),
    ({"cidr": "2001:db8::%eth0/64"}, (400, "InvalidInput")),
    ({"cidr": "::/64"}, (400, "InvalidInput")),
    ({"cidr": "ff00::/8"}, ("ff00::", "ff00::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
    ({"cidr": "ff00::/8", "enable_dhcp": True}, (400, "InvalidInput")),
]


def _told(place: Place, subnet: Json) -> tuple[int, str, Any]:
    """What becomes of a subnet: a refusal; or what is shown, and what becomes of a port in it."""
    body = {"subnet": {"network_id": place.network, **subnet}}
    made = place.ask("POST", "/subnets", body)
    if made.status != 201:
        return made.status, made.fault, "bridges between pods" in made.message
    shown = made.body["subnet"]
    port = place.ask("POST", "/ports", {"port": {"network_id": place.network}})
    assert port.status < 500, (subnet, port.body)
    if port.status == 201:
        place.ask("DELETE", f"/ports/{port.body['port']['id']}")
    gone = place.ask("DELETE", f"/subnets/{shown['id']}")
    assert gone.status == 204, (subnet, gone.body)
    seen = {key: shown[key] for key in ("cidr", "gateway_ip", "allocation_pools")}
    return made.status, port.fault if port.status != 201 else "", (port.status, seen)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_both_say_the_same(places: list[Place], kind: str, version: int) -> None:
    differ = []
    for subnet in KINDS[kind](version):
        here, there = (_told(place, subnet) for place in places)
        ours = here[2] is True
        if (here != there and not ours) or max(here[0], there[0]) >= 500:
            differ.append(f"{subnet}: {here} at the gateway, {there} in a pod")
    assert not differ, "\n".join(differ)


@pytest.mark.parametrize(("subnet", "right"), RIGHT, ids=lambda value: str(value)[:60])
def test_both_are_right(places: list[Place], subnet: Json, right: Any) -> None:
    version = 6 if ":" in subnet["cidr"] else 4
    for place in places:
        body = {"ip_version": version, "enable_dhcp": False, **subnet}
        status, kind, more = _told(place, body)
        if status != 201:
            assert (status, kind) == right
            continue
        port, shown = more
        (pool,) = shown["allocation_pools"]
        assert (shown["gateway_ip"], pool["start"], pool["end"]) == right
        assert port == 201


def _elsewhere(place: Place, value: Any) -> Iterator[tuple[str, Json]]:
    """Requests that have a prefix or an address somewhere else than in a subnet's range."""
    port = {"network_id": place.network}
    yield "/subnetpools", {"subnetpool": {"name": "odd", "prefixes": [value]}}
    for length in (0, 8, 33, 64, 128, 129, "x"):
        pool = {"name": "odd", "prefixes": [value], "default_prefixlen": length}
        yield "/subnetpools", {"subnetpool": pool}
    yield "/address-groups", {"address_group": {"name": "odd", "addresses": [value]}}
    yield "/ports", {"port": {**port, "allowed_address_pairs": [{"ip_address": value}]}}
    yield "/ports", {"port": {**port, "fixed_ips": [{"ip_address": value}]}}
    for version in (4, 6):
        rule = {"direction": "ingress", "ethertype": f"IPv{version}", "remote_ip_prefix": value}
        yield "/security-group-rules", {"security_group_rule": rule}
        subnet = {"network_id": place.network, "ip_version": version}
        subnet["cidr"] = {4: "10.1.2.0/24", 6: "2001:db8::/64"}[version]
        hop = {4: "10.1.2.9", 6: "2001:db8::9"}[version]
        routes = [{"destination": value, "nexthop": hop}]
        yield "/subnets", {"subnet": {**subnet, "host_routes": routes}}
        yield "/subnets", {"subnet": {**subnet, "dns_nameservers": [value]}}
        yield "/subnets", {"subnet": {**subnet, "gateway_ip": value}}


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_nothing_breaks_anywhere(places: list[Place], value: Any) -> None:
    broken = []
    for place in places:
        groups = place.ask("GET", "/security-groups").body["security_groups"]
        for path, body in _elsewhere(place, value):
            if path == "/security-group-rules":
                body["security_group_rule"]["security_group_id"] = groups[0]["id"]
            answer = place.ask("POST", path, body)
            if answer.status == 201:
                (made,) = answer.body.values()
                place.ask("DELETE", f"{path}/{made['id']}")
            elif answer.status not in (400, 404, 409):
                broken.append(f"{path} {body}: {answer.status} {answer.body}")
    assert not broken, "\n".join(broken)
