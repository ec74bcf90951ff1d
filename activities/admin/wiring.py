"""What the Admin API is made of, built once."""

from dataclasses import dataclass

from activities.admin.adoption import Adoption
from activities.admin.pods import PodServices
from activities.core import Core
from models.admin.bindings import Bindings
from models.admin.jobs import Jobs
from models.admin.pods import PodRegistry
from models.admin.routings import RoutingView
from models.admin.topology import TopologyView


@dataclass(frozen=True)
class AdminServices:
    """One service for each noun of the Admin API."""

    pods: PodRegistry
    services: PodServices
    bindings: Bindings
    adoption: Adoption
    routings: RoutingView
    jobs: Jobs
    topology: TopologyView


def build(core: Core) -> AdminServices:
    """Build them on the core."""
    jobs = Jobs(core.settings, core.store, core.operations)
    return AdminServices(
        pods=PodRegistry(core.settings, core.store, core.keystone, core.pods),
        services=PodServices(core.settings, core.regions),
        bindings=Bindings(core.store, core.keystone),
        adoption=Adoption(core.store, core.regions, core.pods),
        routings=RoutingView(core.store),
        jobs=jobs,
        topology=TopologyView(core.store, core.pods, jobs),
    )
