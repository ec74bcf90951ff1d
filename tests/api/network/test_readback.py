"""What is read back is what was written: every attribute that a client may set."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from models.resource import REQUIRED, Attribute, Kind
from models.resources.network import NETWORK
from tests.support.client import Answer, Api, Json
from tests.support.spellings import (
    ANOTHER,
    KEPT,
    OMITTED,
    SPELLINGS,
    Refused,
    effects,
)
from tests.support.stack import Stack

SETTABLE = [
    pytest.param(kind, attribute, id=f"{kind.collection}.{attribute.name}")
    for kind in NETWORK
    for attribute in kind.attributes
    if attribute.post or attribute.put
]
NEEDED = [param for param in SETTABLE if param.values[1].default is REQUIRED]
CHANGING = [kind for kind in NETWORK if any(attribute.put for attribute in kind.attributes)]
_NUMBERS = itertools.count(1)
# Not shown as they are: wishes that say how something is made.
_WISHES = ("use_default_subnetpool", "prefixlen", "subnet_id", "distributed")


class World:
    """Objects to name in others, and one of each kind, made anew for each look."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._made: list[str] = []
        self._new: list[str] = []
        self.network = self.keep("/networks", name="readback")
        self.subnet = self.keep(
            "/subnets", network_id=self.network, ip_version=4, cidr="10.90.0.0/20"
        )
        self.outside = self.keep("/networks", name="outside", **{"router:external": True})
        self.public = self.keep(
            "/subnets", network_id=self.outside, ip_version=4, cidr="198.18.90.0/24"
        )
        self.group = self.keep("/security-groups", name="readback")
        self.addresses = self.keep("/address-groups", addresses=["10.91.0.0/24"])
        self.scope = self.keep("/address-scopes", name="readback", ip_version=4)
        info = {"network_id": self.outside}
        self.router = self.keep("/routers", name="readback", external_gateway_info=info)
        body = {"subnet_id": self.subnet}
        api.put(f"/routers/{self.router}/add_router_interface", body)

    def keep(self, path: str, **body: Any) -> str:
        """Make something that stays to the end; its id."""
        id_ = str(self.api.make(path, **body)["id"])
        self._made.append(f"{path}/{id_}")
        return id_

    def close(self) -> None:
        """Take everything away."""
        self.forget()
        self.api.put(f"/routers/{self.router}/remove_router_interface", {"subnet_id": self.subnet})
        for path in reversed(self._made):
            assert self.api("DELETE", path).status in (204, 404), path

    def forget(self) -> None:
        """Take away what was made for one look."""
        for path in reversed(self._new):
            assert self.api("DELETE", path).status in (204, 404), path
        self._new.clear()

    def post(self, kind: Kind, body: Json) -> Answer:
        """Ask for an object."""
        answer = self.api("POST", kind.path, {kind.member: body})
        if answer.status == 201:
            self._new.append(f"{kind.path}/{answer.body[kind.member]['id']}")
        return answer

    def put(self, kind: Kind, id_: str, body: Json) -> Answer:
        """Ask for a change."""
        return self.api("PUT", f"{kind.path}/{id_}", {kind.member: body})

    def get(self, kind: Kind, id_: str) -> Json:
        """An object as it is read."""
        shown: Json = self.api.get(f"{kind.path}/{id_}")
        return shown

    def body(self, kind: Kind) -> Json:
        """The least that makes an object of the kind."""
        number = next(_NUMBERS)
        bodies: dict[str, Callable[[], Json]] = {
            "networks": dict,
            "subnets": lambda: {
                "network_id": self.network, "ip_version": 4,
                "cidr": f"10.92.{number // 8 % 256}.{number % 8 * 32}/27",
            },
            "ports": lambda: {"network_id": self.network},
            "routers": dict,
            "floatingips": lambda: {"floating_network_id": self.outside},
            "security_groups": dict,
            "security_group_rules": lambda: {
                "security_group_id": self._new_group(), "direction": "ingress",
            },
            "subnetpools": lambda: {"name": "p", "prefixes": [f"10.93.{number % 256}.0/24"]},
            "address_scopes": lambda: {"ip_version": 4},
            "address_groups": dict,
            "rbac_policies": lambda: {
                "object_type": "security_group", "object_id": self._new_group(),
                "action": "access_as_shared", "target_tenant": f"project-{number}",
            },
        }  # fmt: skip
        return bodies[kind.collection]()

    def _new_group(self) -> str:
        return self._another("/security-groups", name="rules")

    def _another(self, path: str, **body: Any) -> str:
        """Make something that goes after one look; its id."""
        made = self.api.make(path, **body)
        self._new.append(f"{path}/{made['id']}")
        return str(made["id"])

    def written(self, kind: Kind, attribute: Attribute, body: Json) -> Any:
        """A value that a client may think of, and no default."""
        own = f"{kind.collection}.{attribute.name}"
        values: dict[str, Callable[[], Any]] = {
            "networks.mtu": lambda: 1280,
            "networks.provider:network_type": lambda: "vlan",
            "networks.provider:physical_network": lambda: "extern",
            "networks.provider:segmentation_id": lambda: 3900 + next(_NUMBERS) % 90,
            "subnets.gateway_ip": lambda: _within(body["cidr"], 9),
            "subnets.allocation_pools": lambda: [
                {"start": _within(body["cidr"], 20), "end": _within(body["cidr"], 25)},
                {"start": _within(body["cidr"], 11), "end": _within(body["cidr"], 15)},
            ],
            "subnets.dns_nameservers": lambda: ["9.9.9.9", "1.1.1.1"],
            "subnets.host_routes": lambda: [
                {"destination": "10.99.9.0/24", "nexthop": _within(body["cidr"], 3)},
                {"destination": "10.99.0.0/24", "nexthop": _within(body["cidr"], 2)},
            ],
            "subnets.service_types": lambda: ["network:floatingip", "compute:nova"],
            "ports.mac_address": lambda: f"02:00:5e:00:{next(_NUMBERS) % 256:02x}:01",
            "ports.fixed_ips": lambda: [{"subnet_id": self.subnet}] * 2,
            "ports.security_groups": lambda: [self.group],
            "ports.allowed_address_pairs": lambda: [
                {"ip_address": "10.94.0.7/24", "mac_address": "02-00-5E-00-00-02"},
                {"ip_address": "FD00:0::1"},
            ],
            "ports.port_security_enabled": lambda: True,
            "ports.extra_dhcp_opts": lambda: [
                {"opt_name": "tftp-server", "opt_value": "10.90.0.5", "ip_version": 4},
                {"opt_name": "mtu", "opt_value": "1400", "ip_version": 4},
            ],
            "ports.binding:vnic_type": lambda: "direct",
            "ports.binding:host_id": lambda: "a-host",
            "routers.external_gateway_info": lambda: {"network_id": self.outside},
            "routers.routes": list,
            "floatingips.subnet_id": lambda: self.public,
            "floatingips.port_id": lambda: self._another("/ports", network_id=self.network),
            "security_group_rules.protocol": lambda: "tcp",
            "security_group_rules.direction": lambda: "egress",
            "security_group_rules.ethertype": lambda: "IPv4",
            "security_group_rules.remote_ip_prefix": lambda: "10.95.0.7/24",
            "security_group_rules.remote_group_id": lambda: self.group,
            "security_group_rules.remote_address_group_id": lambda: self.addresses,
            "subnetpools.default_quota": lambda: 9,
            "subnetpools.min_prefixlen": lambda: 25,
            "subnetpools.max_prefixlen": lambda: 30,
            "subnetpools.default_prefixlen": lambda: 26,
            "subnetpools.address_scope_id": lambda: self.scope,
            "address_groups.addresses": lambda: ["10.96.0.0/24"],
            "rbac_policies.target_tenant": lambda: "another",
        }
        by_default = {True: False, False: True, "": " a text\twith \n white space "}
        if own in values:
            return values[own]()
        if isinstance(attribute.default, bool | str):
            return by_default[attribute.default]
        return body.get(attribute.name, attribute.default)


def _within(cidr: str, number: int) -> str:
    head, _, last = cidr.partition("/")[0].rpartition(".")
    return f"{head}.{int(last) + number}"


@pytest.fixture(scope="module")
def world(stack: Stack) -> Iterator[World]:
    world = World(stack.admin.network)
    yield world
    world.close()


@pytest.fixture(autouse=True)
def clean(world: World) -> Iterator[None]:
    yield
    world.forget()


# One at a time excludes the other, or needs a companion.
_WITHOUT = {
    "networks": ("provider:network_type", "provider:physical_network", "provider:segmentation_id",
                 "router:external", "is_default", "shared"),
    "routers": ("routes", "ha"),
    "floatingips": ("floating_ip_address", "fixed_ip_address"),
    "security_group_rules": ("port_range_min", "port_range_max", "remote_group_id",
                             "remote_address_group_id"),
    "ports": ("binding:profile", "binding:host_id"),
    "subnetpools": ("is_default", "shared", "address_scope_id"),
    "address_scopes": ("shared",),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGING, ids=lambda kind: str(kind.collection))
def test_what_was_read_is_written_without_effect(world: World, kind: Kind) -> None:
    body = world.body(kind)
    skipped = (*_WITHOUT.get(kind.collection, ()), *_WISHES)
    for attribute in kind.attributes:
        if attribute.post and attribute.name not in skipped:
            value = world.written(kind, attribute, body)
            if value is not None:
                body[attribute.name] = value
    made = world.post(kind, body)
    assert made.status == 201, made.body
    id_ = made.body[kind.member]["id"]
    read = _state(world, kind, id_)
    assert {name: _told(body[name], read[name]) for name in body if name in read} == {
        name: body[name] for name in body if name in read
    }
    changeable = {a.name: read[a.name] for a in kind.attributes if a.put and a.name in read}
    changeable.pop("binding:profile", None)
    for said in ({}, *({name: value} for name, value in changeable.items()), changeable):
        if kind.member == "floatingip" and said.keys() in (set(), {"fixed_ip_address"}):
            # An address is the port's; without a word the port is taken away.
            continue
        answer = world.put(kind, id_, said)
        assert answer.status == 200, (said, answer.body)
        assert _state(world, kind, id_) == read, said


def _state(world: World, kind: Kind, id_: str) -> Json:
    """What is read, but for how often somebody wrote: Neutron counts what changes nothing too."""
    shown = world.get(kind, id_)
    return {k: v for k, v in shown.items() if k not in ("revision_number", "updated_at")}


def _told(given: Any, shown: Any) -> Any:
    """What is shown, without what was not said."""
    if isinstance(given, dict) and isinstance(shown, dict):
        return {name: shown[name] for name in given}
    if isinstance(given, list) and isinstance(shown, list) and len(given) == len(shown):
        return [_told(one, other) for one, other in zip(given, shown, strict=True)]
    # Neutron shows lengths of prefixes as words.
    return given if isinstance(given, int) and str(given) == shown else shown


@pytest.mark.parametrize(("kind", "attribute"), SETTABLE)
def test_each_spelling_has_neutrons_effect(world: World, kind: Kind, attribute: Attribute) -> None:
    name = attribute.name
    least = world.post(kind, world.body(kind)).body[kind.member]
    told = zip(SPELLINGS.items(), effects("POST", kind, attribute), strict=True)
    for (spelling, value), effect in told:
        answer = world.post(kind, {**world.body(kind), name: value})
        _judge(f"POST {spelling}", answer, kind, name, effect, omitted=least.get(name))
    before: Json = {}
    told = zip(SPELLINGS.items(), effects("PUT", kind, attribute), strict=True)
    for (spelling, value), effect in told:
        before = before or _with(world, kind, attribute)
        answer = world.put(kind, before["id"], {name: value})
        _judge(f"PUT {spelling}", answer, kind, name, effect, kept=before.get(name))
        if isinstance(effect, Refused) or effect == KEPT:
            assert _state(world, kind, before["id"]) == before
        else:
            before = {}


def _with(world: World, kind: Kind, attribute: Attribute) -> Json:
    """An object that has something of the attribute to lose."""
    body = world.body(kind)
    if (
        attribute.put
        and attribute.post
        and attribute.name not in _WITHOUT.get(kind.collection, ())
    ):
        body[attribute.name] = world.written(kind, attribute, body)
    made = world.post(kind, body)
    assert made.status == 201, made.body
    return _state(world, kind, made.body[kind.member]["id"])


def _judge(
    step: str,
    answer: Answer,
    kind: Kind,
    name: str,
    effect: Any,
    *,
    omitted: Any = None,
    kept: Any = None,
) -> None:
    if isinstance(effect, Refused):
        assert 400 <= answer.status < 500, (step, answer.body)
        assert effect.type in ("", answer.fault), (step, answer.body)
        return
    assert answer.status in (200, 201), (step, answer.body)
    shown = answer.body[kind.member]
    if name not in shown:
        assert name in _WISHES, step
    elif effect == ANOTHER:
        assert shown[name] not in (None, "", omitted, kept), step
    elif effect == OMITTED:
        assert _alike(shown[name], omitted), (step, shown[name], omitted)
    else:
        assert shown[name] == (kept if effect == KEPT else effect), (step, shown[name])


def _alike(one: Any, other: Any) -> bool:
    """Whether it has the same shape: pools of another range are other pools."""
    return type(one) is type(other) and (not isinstance(one, list) or len(one) == len(other))


@pytest.mark.parametrize(("kind", "attribute"), NEEDED)
def test_what_must_be_said_may_not_be_left_out(
    world: World, kind: Kind, attribute: Attribute
) -> None:
    body = world.body(kind)
    body.pop(attribute.name, None)
    answer = world.post(kind, body)
    assert (answer.status, answer.fault) == (400, "HTTPBadRequest")
    said = f"Failed to parse request. Required attribute '{attribute.name}' not specified"
    assert answer.message == said
