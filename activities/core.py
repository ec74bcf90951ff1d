"""Core: what every service stands on, opened once."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from activities.keystone import KeystoneCalls
from activities.pods.fanout import Fanout
from activities.pods.pages import Pages
from activities.pods.region import Endpoint, Regions
from activities.pods.versions import PodVersions
from activities.pods.zones import Zones
from models.creations import Creations
from models.database.store import Store
from models.departures import Departures
from models.operations import Operations, Outbox
from models.placement import Placement
from models.places import Places
from models.pods import PodDirectory
from models.routings import Routings
from models.settings import Settings


@dataclass(frozen=True)
class Core:
    """The doors to database, pods and Temporal, and what all services know of pods."""

    settings: Settings
    store: Store
    regions: Regions
    keystone: KeystoneCalls
    pods: PodDirectory
    operations: Operations
    routings: Routings
    versions: PodVersions
    zones: Zones
    fanout: Fanout
    placement: Placement
    places: Places
    creations: Creations
    departures: Departures


@asynccontextmanager
async def open_core(
    settings: Settings, outbox: Outbox, endpoints: Mapping[str, Endpoint] | None = None
) -> AsyncIterator[Core]:
    """Open database and clients; close them at the end. Work that lasts goes to the outbox.

    ``endpoints`` are those of services that are not known to all.
    """
    store = Store(settings.database_url, lease_seconds=settings.lease_seconds)
    regions = Regions(settings, endpoints)
    pods = PodDirectory(store, regions.catalog)
    operations = Operations(store, outbox)
    routings = Routings(store)
    versions = PodVersions(regions, pods)
    placement = Placement(store, pods, regions)
    creations = Creations(store, operations, settings.pod_late_seconds)
    try:
        yield Core(
            settings=settings,
            store=store,
            regions=regions,
            keystone=KeystoneCalls(regions),
            pods=pods,
            operations=operations,
            routings=routings,
            versions=versions,
            zones=Zones(regions, pods, versions),
            fanout=Fanout(settings, regions, pods, Pages(store)),
            placement=placement,
            places=Places(placement, pods, routings),
            creations=creations,
            departures=Departures(
                store, operations, settings.pod_timeout, settings.pod_late_seconds
            ),
        )
    finally:
        await versions.stop()
        await creations.stop()
        await regions.close()
        await store.close()
