"""wiring: everything that gateway and worker share, opened once and passed down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from activities.admin.pods import PodDirectory
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


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open database and clients; close them at the end."""
    store = Store(settings.database_url, lease_seconds=settings.lease_seconds)
    regions = Regions(settings)
    pods = PodDirectory(store)
    try:
        yield Services(
            settings=settings,
            store=store,
            regions=regions,
            pods=pods,
            routings=Routings(store),
            operations=Operations(store),
            placement=Placement(store, pods),
        )
    finally:
        await regions.close()
        await store.close()
