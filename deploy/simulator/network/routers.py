"""Routers: the collection, its extra routes, and when a router may go."""

from __future__ import annotations

from typing import ClassVar

from deploy.simulator.http import Json, Request, Response, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network import checks
from deploy.simulator.network.addresses import contains
from deploy.simulator.network.attributes import UNSET, Attr, Attrs
from deploy.simulator.network.errors import NeutronError, check_zones, conflict, malformed
from deploy.simulator.network.gateways import GATEWAY, Gateways
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.state import Row, stamp, touch

INTERFACE = "network:router_interface"


# Neutron's default (max_routes).
_MOST_ROUTES = 30


class Routers(Resource):
    """`/routers`."""

    name = "router"
    plural = "routers"
    admin_only_fields = ("ha",)
    attributes: ClassVar[Attrs] = {
        "name": Attr(checks.text(), ""),
        "description": Attr(checks.text(), ""),
        "admin_state_up": Attr(checks.boolean, True),
        "external_gateway_info": Attr(checks.gateway, None),
        "routes": Attr(checks.or_null(checks.routes), UNSET, post=False),
        "availability_zone_hints": Attr(checks.list_of(checks.text()), [], put=False),
        "flavor_id": Attr(checks.nullable(checks.uuid), None, put=False),
        "ha": Attr(checks.nullable(checks.boolean), UNSET, admin=True),
        "distributed": Attr(checks.nullable(checks.boolean), UNSET, admin=True),
    }

    def make(self, token: Token, values: Row) -> Row:
        """A router, with its gateway when one is given."""
        check_zones(values["availability_zone_hints"])
        self._forget_ha(values)
        gateway = values.pop("external_gateway_info")
        row: Row = {
            **stamp(),
            **values,
            "status": "ACTIVE",
            "routes": [],
            "external_gateway_info": None,
            "availability_zones": [],
            "enable_default_route_bfd": False,
            "enable_default_route_ecmp": False,
            "ha": True,
        }
        if gateway:
            self.gateways.set(token, row, gateway)
            touch(row)
        self.rows[row["id"]] = row
        return row

    def change(self, token: Token, row: Row, values: Row) -> None:
        """An update; gateway and routes are checked before anything changes."""
        self._forget_ha(values)
        if "routes" in values:
            values["routes"] = self.checked_routes(row, values["routes"])
        if "external_gateway_info" in values:
            gateway = values.pop("external_gateway_info")
            if gateway:
                self.gateways.set(token, row, gateway)
            else:
                self.gateways.clear(row)
        row.update(values)

    def counts(self, before: Row, row: Row) -> bool:
        """Not other addresses of the gateway, which are those of its port."""

        def own(router: Row) -> Row:
            info = router["external_gateway_info"] or {}
            return {**router, "external_gateway_info": {**info, "external_fixed_ips": None}}

        return own(row) != own(before)

    def remove(self, token: Token, row: Row) -> None:
        """Deletion, with the gateway; refused while an interface is attached."""
        ports = self.state.ports_on(row["id"], INTERFACE)
        if ports:
            names = ", ".join(sorted(port["id"] for port in ports))
            text = f"Router {row['id']} has ports still attached: {names}"
            raise conflict("RouterInUse", text)
        self.gateways.clear(row)
        del self.rows[row["id"]]

    def _forget_ha(self, values: Row) -> None:
        """OVN's routers are highly available whatever is asked for."""
        values.pop("ha", None)
        values.pop("distributed", None)

    @property
    def gateways(self) -> Gateways:
        """What sets and clears gateways."""
        return self.service.gateways

    def add_routes(self, token: Token, request: Request) -> Response:
        """`PUT /routers/<id>/add_extraroutes`: those there already stay."""
        row, given = self._routes_given(token, request)
        added = [route for route in given if route not in row["routes"]]
        return self._with_routes(token, row, row["routes"] + added)

    def remove_routes(self, token: Token, request: Request) -> Response:
        """`PUT /routers/<id>/remove_extraroutes`: absent ones are no error."""
        row, given = self._routes_given(token, request)
        return self._with_routes(token, row, [r for r in row["routes"] if r not in given])

    def checked_routes(self, row: Row, routes: list[Json]) -> list[Json]:
        """The routes without repetitions, if every next hop is a neighbour."""
        ports = self.state.ports_on(row["id"], INTERFACE, GATEWAY)
        fixed = [item for port in ports for item in port["fixed_ips"]]
        own = {item["ip_address"] for item in fixed}
        subnets = [self.state.table("subnets")[item["subnet_id"]] for item in fixed]
        kept: list[Json] = []
        if len(routes) > _MOST_ROUTES:
            words = f"The number of routes exceeds the maximum {_MOST_ROUTES}."
            raise NeutronError(400, "RoutesExhausted", words)
        for route in routes:
            if not any(contains(subnet["cidr"], route["nexthop"]) for subnet in subnets):
                raise _bad_routes(routes, "the nexthop is not connected with router")
            if route["nexthop"] in own:
                raise _bad_routes(routes, "the nexthop is used by router")
            if route not in kept:
                kept.append(route)
        return kept

    def _routes_given(self, token: Token, request: Request) -> tuple[Row, list[Json]]:
        row = self.changeable(token, request.params["id"], "update")
        given = self.given(request)
        try:
            return row, checks.routes(given.get("routes"))
        except ValueError as error:
            raise malformed(f"Invalid input for routes. Reason: {error}.") from error

    def _with_routes(self, token: Token, row: Row, routes: list[Json]) -> Response:
        before, row["routes"] = row["routes"], self.checked_routes(row, routes)
        if row["routes"] != before:
            touch(row)
        port = self.gateways.port_of(row)
        # This call's answer is made without the policy that hides what only operators need.
        hidden = {"distributed": False, "ha_vr_id": 0, "gw_port_id": port["id"] if port else None}
        return reply({"router": {**self.view(token, row), "ha": True, **hidden}})

    def decorate(self, row: Row) -> Row:
        """With the gateway once more, as the list it is where there may be several."""
        info = row["external_gateway_info"]
        wanted = ("network_id", "external_fixed_ips")
        gateways = [{key: info[key] for key in wanted}] if info else []
        return {**row, "external_gateways": gateways}


def _bad_routes(routes: list[Json], reason: str) -> NeutronError:
    return NeutronError(400, "InvalidRoutes", f"Invalid format for routes: {routes}, {reason}")
