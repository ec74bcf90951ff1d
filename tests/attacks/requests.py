"""What one request may ask: too many items, too deep, too large a number, no number at all.

Each is answered with a refusal, or as a large number that the service takes; never by a 5xx.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.support.client import Answer, User
from tests.support.stack import Stack
from tests.support.topology import Site

DIGITS = "1" * 5000
BEYOND = 2**63
MANY = 5000
NETWORK, COMPUTE, VOLUME, IMAGE = "network", "compute", "volume", "image"
REFUSED = (400, 401, 403, 404, 405, 406, 409, 413, 414, 429, 431)
TAKEN = (200, 201, 202, 204)


@dataclass(frozen=True)
class Attack:
    """One request; ``fine`` are the statuses of those that hold it."""

    group: str
    name: str
    api: str
    method: str
    path: str
    body: Any = None
    admin: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    fine: tuple[int, ...] = REFUSED

    def tried(self, stack: Stack, user: User) -> Answer:
        """Send it."""
        sender = stack.admin if self.admin else user
        return getattr(sender, self.api)(self.method, self.path, self.body, **self.headers)  # type: ignore[no-any-return]


@dataclass
class Place:
    """A tenant with a network and a router."""

    site: Site
    network: str
    router: str

    @classmethod
    def made(cls, stack: Stack) -> Place:
        """Make it."""
        site = Site(stack, stack.tenant())
        net = site.net("az1", "10.0.0.0/16")
        router = site.router()
        site.attach(router, net)
        return cls(site, net.id, router)


def attacks(place: Place) -> Iterator[Attack]:
    """All of them."""
    yield from _lists(place)
    yield from _depths()
    yield from _numbers(place)
    yield from _queries(place)


def _lists(place: Place) -> Iterator[Attack]:
    def port(**given: Any) -> tuple[str, Any]:
        return "/ports", {"port": {"network_id": place.network, **given}}

    def subnet(**given: Any) -> tuple[str, Any]:
        base = {"network_id": place.network, "ip_version": 4, "cidr": "11.0.0.0/8"}
        return "/subnets", {"subnet": base | given}

    ips = [f"11.{n >> 8 & 255}.{n & 255}.1" for n in range(MANY)]
    words = [f"network:{n}" for n in range(MANY)]
    ids = [f"00000000-0000-0000-0000-{n:012d}" for n in range(MANY)]
    routes = [{"destination": f"{ip[:-1]}0/24", "nexthop": "10.0.0.9"} for ip in ips]
    prefixes = [f"{ip}/32" for ip in ips]
    posts = {
        "addresses": port(fixed_ips=[{"ip_address": ip} for ip in ips]),
        "addresses that are none": port(fixed_ips=5),
        "address pairs": port(allowed_address_pairs=[{"ip_address": ip} for ip in ips]),
        "options": port(extra_dhcp_opts=[{"opt_name": w, "opt_value": "x"} for w in words]),
        "groups of a port": port(security_groups=ids),
        "groups that repeat": port(security_groups=ids[:2000] * 2),
        "name servers": subnet(dns_nameservers=ips),
        "host routes": subnet(host_routes=routes),
        "pools": subnet(allocation_pools=[{"start": ip, "end": ip} for ip in ips]),
        "service types": subnet(service_types=words),
        "service types that repeat": subnet(service_types=words[:2000] * 2),
        "prefixes": ("/subnetpools", {"subnetpool": {"name": "x", "prefixes": prefixes}}),
        "addresses of a group": ("/address-groups", {"address_group": {"addresses": prefixes}}),
        "zones": ("/networks", {"network": {"availability_zone_hints": words}}),
        "networks": ("/networks", {"networks": [{"name": "x"}] * MANY}),
        "keys": ("/networks", {"network": dict.fromkeys((f"k{n}" for n in range(30_000)), 1)}),
    }
    for name, (path, body) in posts.items():
        yield Attack("lists of Neutron", name, NETWORK, "POST", path, body)
    one = f"/routers/{place.router}"
    gateway = {"network_id": place.network, "external_fixed_ips": [{"ip_address": i} for i in ips]}
    puts = {
        "routes": (one, {"router": {"routes": routes}}),
        "routes added": (f"{one}/add_extraroutes", {"router": {"routes": routes}}),
        "addresses of a gateway": (one, {"router": {"external_gateway_info": gateway}}),
        "tags": (f"/networks/{place.network}/tags", {"tags": words}),
        "tags that repeat": (f"/networks/{place.network}/tags", {"tags": words[:2000] * 2}),
    }
    for name, (path, body) in puts.items():
        yield Attack("lists of Neutron", name, NETWORK, "PUT", path, body)
    server = {"name": "x", "flavorRef": "1", "imageRef": ids[1]}
    nic = {"uuid": place.network}
    disk = {"source_type": "blank", "destination_type": "volume", "volume_size": 1}
    servers = {
        "NICs": {"networks": [nic] * MANY},
        "disks": {"networks": [nic], "block_device_mapping_v2": [disk] * 4000},
        "groups of a server": {"networks": [nic], "security_groups": [{"name": w} for w in words]},
        "files": {"networks": [nic], "personality": [{"path": w, "contents": ""} for w in words]},
        "metadata": {"networks": [nic], "metadata": dict.fromkeys(map(str, range(30_000)), "x")},
    }
    for name, given in servers.items():
        body = {"server": server | given}
        yield Attack("lists of Nova", name, COMPUTE, "POST", "/servers", body)
    tagged = {"server": server | {"networks": [nic], "tags": words[:51]}}
    newer = {"X_OpenStack_Nova_API_Version": "2.52"}
    yield Attack("lists of Nova", "tags", COMPUTE, "POST", "/servers", tagged, headers=newer)
    keys = {"keys": words}
    path = "/qos-specs/x/delete_keys"
    yield Attack("lists of Cinder", "keys", VOLUME, "PUT", path, keys, admin=True)
    group = {"group": {"group_type": "x", "volume_types": words, "name": "x"}}
    newer = {"OpenStack_API_Version": "volume 3.13"}
    yield Attack("lists of Cinder", "types", VOLUME, "POST", "/groups", group, headers=newer)


def _depths() -> Iterator[Attack]:
    for depth in (100, 300, 900, 1020, 5000):
        for opening, inner, closing in ((b"[", b"", b"]"), (b'{"a":', b"1", b"}")):
            deep = opening * depth + inner + closing * depth
            for api, path, body in (
                (NETWORK, "/networks", b'{"network":{"name":%s}}' % deep),
                (COMPUTE, "/servers", b'{"server":{"name":%s}}' % deep),
                (COMPUTE, "/servers/x/action", b'{"x":%s}' % deep),
                (VOLUME, "/volumes", b'{"volume":{"size":1,"metadata":%s}}' % deep),
                (VOLUME, "/volumes", b'{"volume":{"size":1},"OS-SCH-HNT:x":%s}' % deep),
            ):
                name = f"{depth} {opening.decode()} at {path}"
                yield Attack("depth", name, api, "POST", path, body)


def _numbers(place: Place) -> Iterator[Attack]:
    texts = (DIGITS, f"-{DIGITS}", "9" * 25, "1e9999", "\N{SUPERSCRIPT TWO}")
    for value in (2**31, BEYOND, 2**64, 10**400, -BEYOND - 1, *texts):
        said = str(value)[:12]
        rule = {"security_group_id": "x", "direction": "ingress", "protocol": "tcp"}
        flavor = {"name": f"x{said[:4]}", "ram": value, "vcpus": 1, "disk": 1}
        server = {"name": "x", "flavorRef": "1", "imageRef": "", "networks": [{"uuid": "x"}]}
        limits = f"/os-quota-sets/{place.site.user.project_id}"
        cidr = {"network_id": place.network, "ip_version": 4, "cidr": f"10.0.0.0/{value}"}
        rules, ports = "/security-group-rules", {"port_range_min": value}
        for api, path, body in (
            (NETWORK, "/networks", {"network": {"mtu": value}}),
            (NETWORK, "/subnets", {"subnet": cidr}),
            (NETWORK, "/subnets", {"subnet": cidr | {"ip_version": value}}),
            (NETWORK, rules, {"security_group_rule": rule | ports}),
            (NETWORK, rules, {"security_group_rule": rule | {"protocol": value}}),
            (COMPUTE, "/flavors", {"flavor": flavor}),
            (COMPUTE, "/servers", {"server": server | {"min_count": value, "max_count": value}}),
            (VOLUME, "/volumes/x/action", {"os-extend": {"new_size": value}}),
        ):  # fmt: skip
            admin = path == "/flavors"
            yield Attack("numbers", f"{said} at {path}", api, "POST", path, body, admin)
        quota = {"quota_set": {"cores": value}}
        yield Attack(
            "numbers", f"quota {said}", COMPUTE, "PUT", limits, quota, True,
            fine=(*REFUSED, *TAKEN) if value == 2**31 else REFUSED,
        )  # fmt: skip
    versioned = {"X_OpenStack_Nova_API_Version": f"2.{DIGITS}"}
    yield Attack("numbers", "version", COMPUTE, "GET", "/servers", headers=versioned)


def _queries(place: Place) -> Iterator[Attack]:
    lists = {
        NETWORK: ("/networks", "/ports"),
        COMPUTE: ("/servers", "/flavors", "/os-keypairs", "/os-server-groups", "/os-networks"),
        VOLUME: ("/volumes", "/types", "/snapshots", "/messages", "/volume-transfers", "/backups",
                 "/qos-specs", "/group_types"),
        IMAGE: ("/images",),
    }  # fmt: skip
    for api, paths in lists.items():
        for path in paths:
            for name in ("limit", "offset"):
                for value in (DIGITS, "9" * 25, "-1", "%C2%B2", "1e400"):
                    asked = f"{path}?{name}={value}"
                    fine = (*REFUSED, *TAKEN)
                    label = f"{path} {name}={value[:8]}"
                    yield Attack(
                        "queries", label, api, "GET", asked, admin=path == "/qos-specs", fine=fine
                    )
    for moment in (
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "\N{SUPERSCRIPT TWO}",
    ):
        for name in ("changed_since", "created_at", "updated_at"):
            asked = f"/networks?{name}={quote(moment)}"
            yield Attack("queries", f"{name}={moment[:6]}", NETWORK, "GET", asked)
    for text in ("[" * 3000, "-" * 2900 + "1", "1" + "+1j" * 900, "{[]:1}", "{{}:1}", "9" * 4090):
        asked = f"/types?extra_specs={quote(text)}"
        fine = (*REFUSED, 200)
        yield Attack("queries", f"specs {text[:6]}", VOLUME, "GET", asked, admin=True, fine=fine)
    for name, part, number in (
        ("tags", "tags=x", 900),
        ("tags by commas", f"tags-any={','.join('x' * 900)}", 1),
        ("parts of addresses", "fixed_ips=ip_address_substr%3D1", 200),
        ("parameters", "name=x", 900),
    ):
        asked = "/ports?" + "&".join([part] * number)
        yield Attack("queries", name, NETWORK, "GET", asked)
    order = "&".join(["sort_key=name&sort_dir=asc"] * 200)
    asked = f"/networks?{order}&limit=1&marker={place.network}"
    yield Attack("queries", "sort keys", NETWORK, "GET", asked, fine=(200,))
