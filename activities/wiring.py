"""wiring: everything that gateway and worker share, opened once and passed down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from activities.admin.bindings import Bindings
from activities.admin.jobs import Jobs
from activities.admin.pod_registry import PodRegistry
from activities.admin.pods import PodDirectory
from activities.admin.routings import RoutingView
from activities.operations import Operations
from activities.placement import Placement
from activities.region import Regions
from activities.routings import Routings
from activities.store import Store
from models.settings import Settings


@dataclass(slots=True)
class Services:
    """What handlers and activities are made of."""

    settings: Settings
    store: Store
    regions: Regions
    pods: PodDirectory
    routings: Routings
    operations: Operations
    placement: Placement
    pod_registry: PodRegistry
    bindings: Bindings
    routing_view: RoutingView
    jobs: Jobs


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open database and clients; close them at the end."""
    store = Store(settings.database_url, lease_seconds=settings.lease_seconds)
    regions = Regions(settings)
    pods = PodDirectory(store)
    operations = Operations(store)
    try:
        yield Services(
            settings=settings,
            store=store,
            regions=regions,
            pods=pods,
            routings=Routings(store),
            operations=operations,
            placement=Placement(store, pods),
            pod_registry=PodRegistry(settings, store, regions, pods),
            bindings=Bindings(store, regions),
            routing_view=RoutingView(store),
            jobs=Jobs(settings, store, operations),
        )
    finally:
        await regions.close()
        await store.close()
