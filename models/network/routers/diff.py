"""What the rows say of a router copy, and whether that is what it should be."""

from models.database.store import Row
from models.network.bridges.addresses import Bridge
from models.network.routers.plan import Gateway, Interface, Plan

Have = dict[tuple[str, str], Row]
# Remembered of an interface's addresses while others are being set.
NOWHERE: Row = {"addresses": []}


def differs(router_id: str, plan: Plan, have: Have) -> bool:
    """Tell whether ``converge`` would have to call the pod."""
    wanted: dict[tuple[str, str], object] = {}
    if plan.router:
        wanted["router", router_id] = None
    wanted |= {("router_interface", i.port["id"]): None for i in plan.interfaces}
    wanted |= {("bridge_port", b.address["id"]): None for b in links(plan)}
    wanted |= {("floatingip", f.row["id"]): f.spec for f in plan.floating}
    wanted |= {("carrier_port", f.row["id"]): None for f in plan.floating if f.role == "public"}
    wanted |= {("bridge_network", bridge_id): None for bridge_id in north_south(plan)}
    if wanted.keys() != have.keys() or any(row["bottom_id"] is None for row in have.values()):
        return True
    if any(have[key]["applied"] != spec for key, spec in wanted.items() if key[0] == "floatingip"):
        return True
    if any(moved(have["router_interface", i.port["id"]], i) for i in plan.interfaces):
        return True
    if any(not noted(row).get("attached") for k, row in have.items() if k[0] == "bridge_port"):
        return True
    copy = have.get(("router", router_id))
    return copy is not None and noted(copy).get("gateway") != gateway_applied(plan.gateway)


def joined(plan: Plan, have: Have) -> bool:
    """Tell whether the copy is there with every interface that routes may lead through."""
    pieces = [("router_interface", i.port["id"]) for i in plan.interfaces]
    bridges = [("bridge_port", b.address["id"]) for b in links(plan)]
    there = {key for key, row in have.items() if row["bottom_id"]}
    return (
        plan.router
        and any(type_ == "router" for type_, _ in there)
        and there.issuperset([*pieces, *bridges])
        and all(noted(have[bridge]).get("attached") for bridge in bridges)
    )


def links(plan: Plan) -> list[Bridge]:
    """Return the bridges on which the copy has an interface."""
    return [bridge for bridge in (plan.east_west, plan.north_south) if bridge]


def gateway_key(gateway: Gateway) -> str:
    """Return what tells one gateway from another: the network and the addresses on it."""
    if gateway.bridge:
        return f"{gateway.bridge.bridge['id']}/{gateway.bridge.address['ip_address']}"
    return "/".join([gateway.network_id, *sorted(ip["ip_address"] for ip in gateway.fixed_ips)])


def is_elsewhere(applied: Row, gateway: Gateway) -> bool:
    """Tell whether a gateway that is set is on another network; an address changes in place."""
    before, after = (
        str(key).partition("/")[0] for key in (applied["network"], gateway_key(gateway))
    )
    return before != after


def gateway_applied(gateway: Gateway | None) -> Row | None:
    """Return what is remembered of a gateway that is set."""
    if gateway is None:
        return None
    return {"network": gateway_key(gateway), "snat": gateway.enable_snat}


def north_south(plan: Plan) -> set[str]:
    """Return the north-south bridges whose network the pod needs."""
    links = [plan.north_south, plan.gateway.bridge if plan.gateway else None]
    return {link.bridge["id"] for link in links if link}


def held(interface: Interface) -> Row:
    """Return what is remembered of an interface: its addresses."""
    return {"addresses": sorted(ip["ip_address"] for ip in interface.port["fixed_ips"])}


def moved(row: Row, interface: Interface) -> bool:
    """Tell whether the interface of the row is known to have other addresses."""
    return row["applied"] not in (None, held(interface))


def noted(row: Row) -> Row:
    """Return what was last set on the copy of the row."""
    return row["applied"] or {}


def in_order(routes: list[Row]) -> list[Row]:
    """Return routes in the order in which they are compared and set."""
    return sorted(routes, key=lambda r: (r["destination"], r["nexthop"]))
