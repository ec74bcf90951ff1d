"""Nova of one region over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from deploy.simulator import dialects
from deploy.simulator.compute import versions
from deploy.simulator.compute.actions import Actions
from deploy.simulator.compute.aggregates import Aggregates
from deploy.simulator.compute.boot import Boot
from deploy.simulator.compute.errors import NovaError
from deploy.simulator.compute.flavors import Flavors
from deploy.simulator.compute.groups import ServerGroups
from deploy.simulator.compute.hosts import Hosts
from deploy.simulator.compute.hypervisors import Hypervisors
from deploy.simulator.compute.keypairs import Keypairs
from deploy.simulator.compute.operations import Operations
from deploy.simulator.compute.plugs import Plugs, VolumePlugs
from deploy.simulator.compute.proxies import OldProxies
from deploy.simulator.compute.quotas import Quotas
from deploy.simulator.compute.server_parts import ServerParts
from deploy.simulator.compute.servers import Servers
from deploy.simulator.compute.services import Services
from deploy.simulator.compute.state import Call, ComputeState
from deploy.simulator.compute.usage import Usage
from deploy.simulator.http import Request, Response
from deploy.simulator.identity.state import Token
from deploy.simulator.image.store import ImageStore
from deploy.simulator.network.service import NetworkService
from deploy.simulator.routes import NoRoute, Routes, WrongMethod
from deploy.simulator.volume.volumes import VolumeStore

_PREFIX = "/compute/v2.1"


class ComputeService:
    """The collections, what they share, and the routes that lead to them."""

    def __init__(
        self,
        state: ComputeState,
        network: NetworkService,
        volumes: VolumeStore,
        images: ImageStore,
    ) -> None:
        self.state, self.network = state, network
        self.volumes, self.images = volumes, images
        self.flavors = Flavors(state)
        self.keypairs = Keypairs(state)
        self.servers = Servers(self)
        self.boot = Boot(self)
        self.plugs = Plugs(self)
        self.volume_plugs = VolumePlugs(self)
        self.routes: Routes[Callable[[Call], Response]] = Routes()
        self.flavors.route(self.routes.add)
        self.keypairs.route(self.routes.add)
        self.servers.route(self.routes.add)
        self.plugs.route(self.routes.add)
        self.volume_plugs.route(self.routes.add)
        ServerParts(self).route(self.routes.add)
        OldProxies(self).route(self.routes.add)
        Hosts(self).route(self.routes.add)
        Actions(self).route(self.routes.add)
        Aggregates(state).route(self.routes.add)
        self.groups = ServerGroups(state)
        self.groups.route(self.routes.add)
        Operations(self).route(self.routes.add)
        Quotas(self).route(self.routes.add)
        Usage(self).route(self.routes.add)
        services = Services(self)
        services.route(self.routes.add)
        Hypervisors(self, services).route(self.routes.add)

    def handle(self, token: Token, request: Request) -> Response:
        """The answer to one authenticated request below `/compute`."""
        version: versions.Microversion | None = None
        try:
            if not request.path.startswith(_PREFIX):
                raise NoRoute(request.path)
            path = request.path[len(_PREFIX) :]
            if path.endswith("/"):
                raise NoRoute(request.path)
            handler, request.params = self.routes.find(request.method, path)
            version = versions.asked(request.headers)
            versions.check(version)
            response = handler(Call(token, request, version))
        except NovaError as error:
            response = dialects.compute(error.status, error.message)
        except ValueError as error:
            response = dialects.compute(400, f"Malformed request: {error}")
        except (NoRoute, WrongMethod):
            response = dialects.compute(404, "The resource could not be found.")
        response.headers += versions.echo(version) if version else []
        return response

    def zone_of_host(self) -> str:
        """The zone the one host belongs to."""
        return self.state.zones()[0]
