"""What the pods should have of a project, by the model; and that nothing else is there."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from tests.model.neutron import Floating, Model, Router
from tests.support.client import Json, until
from tests.support.podview import NORTH_SOUTH, RouterCopy, copies
from tests.support.stack import Stack
from tests.support.topology import Site

_SECONDS = 300.0


def check(stack: Stack, site: Site, model: Model, outside: Mapping[str, str]) -> None:
    """All routers of the model are in the pods as they should be, and show as done."""
    for router in model.routers.values():
        wrong: list[str] = []

        def right(router: Router = router, wrong: list[str] = wrong) -> bool:
            wrong[:] = wrong_with(stack, site, model, router, outside)
            return not wrong

        try:
            until(right, "the pods have what was asked for", _SECONDS)
        except AssertionError:
            jobs = [job for job in stack.jobs(router_id=router.id) if job["state"] != "succeeded"]
            raise AssertionError("\n".join([*wrong, *map(str, jobs)])) from None


def wrong_with(
    stack: Stack, site: Site, model: Model, router: Router, outside: Mapping[str, str]
) -> list[str]:
    """How the pods have another router at this moment than the model has."""
    row = site.show_router(router.id)
    found = copies(stack.simulator, router.id)
    wrong = [] if row["status"] == "ACTIVE" else [f"router {router.id} is {row['status']}"]
    inside = _inside(model, router)
    places = set(inside) | ({outside[router.outside]} if router.outside else set())
    if set(found) != places:
        return [*wrong, f"router {router.id} is in {set(found)} and not in {places}"]
    for pod, copy in found.items():
        wanted = RouterCopy(
            inside=inside.get(pod, set()),
            routes=_routes(model, router, pod, found),
            floating=_floating(model, router, pod, outside, found),
            east_west=copy.east_west if len(inside) > 1 and pod in inside else "",
            north_south=copy.north_south if _hands_on(router, pod, inside, outside) else "",
            gateway=copy.gateway if _right_gateway(row, copy, pod, outside) else "a gateway",
            vlans=copy.vlans,
        )
        if not router.outside:
            wanted.gateway = ""
        if copy != wanted:
            wrong.append(f"router {router.id} in {pod} is {copy} and not {wanted}")
    return wrong + _statuses(site, model, router)


def _inside(model: Model, router: Router) -> dict[str, set[str]]:
    """The addresses of the router's interfaces on tenant networks that lie somewhere, by pod."""
    inside: dict[str, set[str]] = {}
    for port in router.interfaces:
        pod = model.networks[model.ports[port].network].pod
        if pod:
            inside.setdefault(pod, set()).add(model.ports[port].address)
    return inside


def _hands_on(
    router: Router, pod: str, inside: Mapping[str, set[str]], outside: Mapping[str, str]
) -> bool:
    """Whether this copy is the one by which other pods go out."""
    return bool(router.outside) and pod == outside[router.outside] and set(inside) - {pod} != set()


def _right_gateway(row: Json, copy: RouterCopy, pod: str, outside: Mapping[str, str]) -> bool:
    info = row["external_gateway_info"]
    if not info or not copy.gateway:
        return False
    if outside[info["network_id"]] == pod:
        return bool(copy.gateway == info["external_fixed_ips"][0]["ip_address"])
    return ipaddress.ip_address(copy.gateway) in NORTH_SOUTH


def _routes(
    model: Model, router: Router, pod: str, found: Mapping[str, RouterCopy]
) -> dict[str, str]:
    """Ours to what lies in other pods, and the user's, which lead there as well."""
    routes, homes = {}, {}
    for port in router.interfaces:
        subnet = model.subnets[model.ports[port].subnet]
        home = model.networks[subnet.network].pod
        if home:
            homes[subnet.cidr] = home
        if home and home != pod and found[pod].inside:
            routes[subnet.cidr] = found[home].east_west
    for to, hop in router.routes:
        for cidr, home in homes.items():
            if ipaddress.ip_address(hop) not in ipaddress.ip_network(cidr):
                continue
            if home == pod:
                routes[to] = hop
            elif found[pod].inside:
                routes[to] = found[home].east_west
    return routes


def _floating(
    model: Model,
    router: Router,
    pod: str,
    outside: Mapping[str, str],
    found: Mapping[str, RouterCopy],
) -> dict[str, str]:
    floating: dict[str, str] = {}
    for one in _used(model, router):
        public, home = outside[one.outside], _home(model, one)
        carrier = found[public].floating.get(one.address, "a carrier")
        fixed = model.ports[one.port].address
        if pod == public:
            floating[one.address] = fixed if home == public else carrier
        elif pod == home:
            floating[carrier] = fixed
    return floating


def _used(model: Model, router: Router) -> list[Floating]:
    """The router's floating IPs whose port is in a pod: others have no copy anywhere."""
    return [
        one for one in model.floating.values() if one.router == router.id and _home(model, one)
    ]


def _home(model: Model, floating: Floating) -> str:
    """The pod that has the port: a server's, or one that is a router's interface itself.

    An interface with the gateway's address is the pod's own port.
    """
    port = model.ports[floating.port]
    if port.device in model.servers:
        return model.servers[port.device].pod
    its_own = port.address != model.subnets[port.subnet].gateway
    return (model.networks[port.network].pod or "") if port.device and its_own else ""


def _statuses(site: Site, model: Model, router: Router) -> list[str]:
    shown = {row["id"]: row["status"] for row in site.user.network.list("/floatingips")}
    up = [one.id for one in _used(model, router)]
    wrong = [f"floating IP {id_} is {shown[id_]}" for id_ in up if shown[id_] != "ACTIVE"]
    for row in site.user.network.list(f"/ports?device_id={router.id}"):
        # Also in a network that lies nowhere yet: nothing of it is missing.
        if row["status"] != "ACTIVE":
            wrong.append(f"interface {row['id']} is {row['status']}")
    return wrong
