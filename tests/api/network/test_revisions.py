"""Two writers who have seen the same revision of an object: one of them changes it.

The routes are asked of the code, so that a new one is tested from its first day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.http import Route
from api.network import Network
from models.network.extensions.served import SERVED
from models.resource import Kind
from models.resources.network import NETWORK
from tests.support.client import Answer, Json
from tests.support.topology import Site

_REVISED = next(e for e in SERVED if e.alias == "standard-attr-revisions").attributes
KINDS = [pytest.param(kind, id=kind.collection) for kind in NETWORK if kind.collection in _REVISED]
ROUTES = [r for r in Network.routes().declared if r.method in ("PUT", "POST", "DELETE")]
# Neutron counts no revision for it, so both are granted.
UNCOUNTED = "/subnetpools/{id}/remove_prefixes"
UNCHANGEABLE = "/security-group-rules/{id}"
Write = tuple[str, Json | None]


def _network(site: Site) -> str:
    return str(site.user.network.make("/networks", name="net")["id"])


def _subnet(site: Site) -> str:
    return site.net(None, "10.0.1.0/24").subnet_id


def _port(site: Site) -> str:
    return str(site.user.network.make("/ports", network_id=_network(site))["id"])


def _floatingip(site: Site) -> str:
    outside = site.outside[0] if site.outside else site.external("Pod1")
    return str(site.floating(outside)["id"])


def _group(site: Site) -> str:
    return str(site.user.network.make("/security-groups", name="group")["id"])


def _rule(site: Site) -> str:
    body = {"security_group_id": _group(site), "direction": "ingress", "protocol": "tcp"}
    return str(site.user.network.make("/security-group-rules", **body)["id"])


def _pool(site: Site) -> str:
    body = {"name": "pool", "prefixes": ["10.128.0.0/16"]}
    return str(site.user.network.make("/subnetpools", **body)["id"])


def _addresses(site: Site) -> str:
    return str(site.user.network.make("/address-groups", name="group")["id"])


MAKERS: dict[str, Callable[[Site], str]] = {
    "networks": _network,
    "subnets": _subnet,
    "ports": _port,
    "routers": Site.router,
    "floatingips": _floatingip,
    "security_groups": _group,
    "security_group_rules": _rule,
    "subnetpools": _pool,
    "address_groups": _addresses,
}


def _interfaces(site: Site, _: str) -> list[Any]:
    cidrs = ("10.0.1.0/24", "10.0.2.0/24")
    return [{"subnet_id": site.net(None, cidr).subnet_id} for cidr in cidrs]


def _attached(site: Site, id_: str) -> list[Any]:
    bodies = _interfaces(site, id_)
    for body in bodies:
        site.user.network.put(f"/routers/{id_}/add_router_interface", body)
    return bodies


def _routes(site: Site, id_: str) -> list[Any]:
    _attached(site, id_)
    found = [{"destination": f"10.1.{n}.0/24", "nexthop": "10.0.1.9"} for n in (1, 2)]
    return [{"router": {"routes": [route]}} for route in found]


def _routed(site: Site, id_: str) -> list[Any]:
    bodies = _routes(site, id_)
    for body in bodies:
        site.user.network.put(f"/routers/{id_}/add_extraroutes", body)
    return bodies


def _prefixes(site: Site, _: str) -> list[Any]:
    return [{"prefixes": [f"10.{n}.0.0/16"]} for n in (2, 4)]


def _pooled(site: Site, id_: str) -> list[Any]:
    bodies = _prefixes(site, id_)
    for body in bodies:
        site.user.network.put(f"/subnetpools/{id_}/add_prefixes", body)
    return bodies


def _grouped(site: Site, _: str) -> list[Any]:
    return [{"addresses": [f"10.{n}.0.0/16"]} for n in (2, 4)]


def _listed(site: Site, id_: str) -> list[Any]:
    bodies = _grouped(site, id_)
    for body in bodies:
        site.user.network.put(f"/address-groups/{id_}/add_addresses", body)
    return bodies


# What the two send: each would be granted alone.
ACTIONS: dict[str, Callable[[Site, str], list[Any]]] = {
    "/add_router_interface": _interfaces,
    "/remove_router_interface": _attached,
    "/add_extraroutes": _routes,
    "/remove_extraroutes": _routed,
    "/add_prefixes": _prefixes,
    "/remove_prefixes": _pooled,
    "/add_addresses": _grouped,
    "/remove_addresses": _listed,
}


def _writes(site: Site, kind: Kind, route: Route, id_: str) -> list[Write]:
    """What the two send for a route: each would be granted alone."""
    base, _, tail = route.path.partition("{id}")
    path, words = f"{base}{id_}", ("first", "second")
    if tail in ACTIONS:
        return [(path + tail, body) for body in ACTIONS[tail](site, id_)]
    if tail.startswith("/tags") and route.method == "DELETE":
        site.user.network.put(f"{path}/tags", {"tags": list(words)})
    if tail == "/tags/{tag}":
        return [(f"{path}/tags/{word}", None) for word in words]
    if route.method == "DELETE":
        return [(path + tail, None)] * 2
    if tail == "/tags":
        return [(f"{path}/tags", {"tags": [word]}) for word in words]
    return [(path, {kind.member: {"description": word}}) for word in words]


def _of(kind: Kind) -> list[Route]:
    bases = (kind.path, f"/{kind.collection}")
    own = [r for r in ROUTES if r.path.partition("/{id}")[0] in bases and "{id}" in r.path]
    return [r for r in own if (r.method, r.path) != ("PUT", UNCHANGEABLE)]


def _at_once(site: Site, method: str, writes: Sequence[Write], revision: int) -> list[Answer]:
    def write(one: Write) -> Answer:
        return site.user.network(method, *one, If_Match=f"revision_number={revision}")

    with ThreadPoolExecutor(len(writes)) as pool:
        return list(pool.map(write, writes))


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_who_have_seen_the_same_one_changes_it(site_on_either: Site, kind: Kind) -> None:
    site, user = site_on_either, site_on_either.user.network
    routes = _of(kind)
    assert "DELETE" in {route.method for route in routes}
    for route in routes:
        where = f"{route.method} {route.path}"
        id_ = MAKERS[kind.collection](site)
        writes = _writes(site, kind, route, id_)
        path = f"{kind.path}/{id_}"
        revision = user.get(path)["revision_number"]
        (refused,) = _at_once(site, route.method, writes[:1], revision + 1)
        assert (refused.status, refused.fault) == (412, "RevisionNumberConstraintFailed"), where
        assert refused.message == (
            f"Constrained to {revision + 1}, but current revision is {revision}"
        )
        won, lost = sorted(
            _at_once(site, route.method, writes, revision), key=lambda answer: answer.status
        )
        assert won.status < 300, (where, won.body)
        if route.path == UNCOUNTED:
            assert (lost.status, user.get(path)["revision_number"]) == (200, revision)
        elif route.method == "DELETE" and route.path.endswith("{id}"):
            assert lost.status in (404, 412), (where, lost.body)
            assert user("GET", path).status == 404
        else:
            assert lost.fault == "RevisionNumberConstraintFailed", (where, lost.body)
            assert user.get(path)["revision_number"] == revision + 1, where
            _away(site, kind, id_)


def _away(site: Site, kind: Kind, id_: str) -> None:
    """Make room for the next: there are limits."""
    if kind.collection == "routers":
        path = f"/routers/{id_}"
        site.user.network.put(path, {"router": {"routes": []}})
        for port in site.user.network.list(f"/ports?device_id={id_}"):
            site.user.network.put(f"{path}/remove_router_interface", {"port_id": port["id"]})
    site.user.network.delete(f"{kind.path}/{id_}")
