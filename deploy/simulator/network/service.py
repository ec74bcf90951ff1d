"""Neutron of one region over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from deploy.simulator import dialects
from deploy.simulator.http import Request, Response, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network.address_groups import AddressGroups
from deploy.simulator.network.agents import Agents
from deploy.simulator.network.errors import NeutronError
from deploy.simulator.network.extensions import Extensions
from deploy.simulator.network.floatingips import FloatingIPs
from deploy.simulator.network.gateways import Gateways
from deploy.simulator.network.interfaces import Interfaces
from deploy.simulator.network.networks import Networks
from deploy.simulator.network.operations import Operations
from deploy.simulator.network.pools import AddressScopes, SubnetPools
from deploy.simulator.network.ports import Ports
from deploy.simulator.network.rbac_policies import RbacPolicies
from deploy.simulator.network.readings import Readings
from deploy.simulator.network.resource import Resource
from deploy.simulator.network.revisions import enforce
from deploy.simulator.network.routers import Routers
from deploy.simulator.network.security_groups import SecurityGroupRules, SecurityGroups
from deploy.simulator.network.state import State
from deploy.simulator.network.subnets import Subnets
from deploy.simulator.network.tags import Tags
from deploy.simulator.routes import NoRoute, Routes, WrongMethod

Handler = Callable[[Token, Request], Response]


class NetworkService:
    """The collections, what they share, and the routes that lead to them."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.networks = Networks(self)
        self.subnets = Subnets(self)
        self.ports = Ports(self)
        self.routers = Routers(self)
        self.floatingips = FloatingIPs(self)
        self.security_groups = SecurityGroups(self)
        self.security_group_rules = SecurityGroupRules(self)
        self.address_groups = AddressGroups(self)
        self.rbac_policies = RbacPolicies(self)
        self.address_scopes = AddressScopes(self)
        self.subnetpools = SubnetPools(self)
        self.gateways = Gateways(self)
        self.routes: Routes[Handler] = Routes()
        self._route()

    @property
    def resources(self) -> list[Resource]:
        """Every collection."""
        return [
            self.networks,
            self.subnets,
            self.ports,
            self.routers,
            self.floatingips,
            self.security_groups,
            self.security_group_rules,
            self.address_groups,
            self.rbac_policies,
            self.address_scopes,
            self.subnetpools,
        ]

    def handle(self, token: Token, request: Request) -> Response:
        """The answer to one authenticated request below `/network`."""
        try:
            handler, request.params = self.routes.find(request.method, request.path)
            enforce(self.resources, token, request)
            return handler(token, request)
        except NeutronError as error:
            return dialects.network(error.status, error.message, error.type)
        except ValueError as error:
            return dialects.network(400, f"Invalid data: {error}", "HTTPBadRequest")
        except NoRoute:
            text = "The resource could not be found."
            return reply({"message": text, "code": "404 Not Found", "title": "Not Found"}, 404)
        except WrongMethod:
            text = "The method is not allowed for this resource."
            body = {"message": text, "code": "405 Method Not Allowed", "title": "Not Allowed"}
            return reply(body, 405)

    def versions(self, request: Request) -> Response:
        """What there is, told to anybody."""
        links = [{"rel": "self", "href": f"{request.origin}/network/v2.0/"}]
        return reply({"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]})

    def index(self, token: Token, request: Request) -> Response:
        """The collections there are."""
        rows = []
        for resource in self.resources:
            path = resource.plural.replace("_", "-")
            links = [{"rel": "self", "href": f"{request.origin}/network/v2.0/{path}"}]
            rows.append({"name": resource.name, "collection": resource.plural, "links": links})
        return reply({"resources": rows})

    def _route(self) -> None:
        add = self.routes.add
        add("GET", "/network/v2.0", self.index)
        tags = Tags(self)
        for resource in self.resources:
            base = f"/network/v2.0/{resource.plural.replace('_', '-')}"
            add("GET", base, resource.index)
            add("POST", base, resource.create)
            add("GET", f"{base}/{{id}}", resource.show)
            add("PUT", f"{base}/{{id}}", resource.update)
            add("DELETE", f"{base}/{{id}}", resource.delete)
            tags.route(add, base, resource)
        interfaces = Interfaces(self)
        routers = "/network/v2.0/routers/{id}"
        add("PUT", f"{routers}/add_router_interface", interfaces.add)
        add("PUT", f"{routers}/remove_router_interface", interfaces.remove)
        add("PUT", f"{routers}/add_extraroutes", self.routers.add_routes)
        add("PUT", f"{routers}/remove_extraroutes", self.routers.remove_routes)
        groups = "/network/v2.0/address-groups/{id}"
        add("PUT", f"{groups}/add_addresses", self.address_groups.add)
        add("PUT", f"{groups}/remove_addresses", self.address_groups.take)
        Extensions().route(add)
        Agents(self).route(add)
        Operations(self.state).route(add)
        Readings(self).route(add)
