"""wiring: everything that gateway and worker share, opened once and passed down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from activities.admin.bindings import Bindings
from activities.admin.jobs import Jobs
from activities.admin.pod_registry import PodRegistry
from activities.admin.pods import PodDirectory
from activities.admin.routings import RoutingView
from activities.compute.aggregates import Aggregates
from activities.compute.flavor_copies import FlavorCopies
from activities.compute.flavors import Flavors
from activities.compute.keypair_copies import KeypairCopies
from activities.compute.keypairs import Keypairs
from activities.compute.server_view import ServerView
from activities.fanout import Fanout
from activities.network.security_copies import SecurityCopies
from activities.network.security_defaults import DefaultGroups
from activities.network.security_group_rules import SecurityGroupRules
from activities.network.security_groups import SecurityGroups
from activities.operations import Operations
from activities.pages import Pages
from activities.placement import Placement
from activities.region import Regions
from activities.routings import Routings
from activities.store import Store
from activities.versions import PodVersions
from activities.zones import Zones
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
    versions: PodVersions
    zones: Zones
    fanout: Fanout
    flavors: Flavors
    flavor_copies: FlavorCopies
    keypairs: Keypairs
    keypair_copies: KeypairCopies
    aggregates: Aggregates
    server_view: ServerView
    security_copies: SecurityCopies
    security_groups: SecurityGroups
    security_group_rules: SecurityGroupRules


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open database and clients; close them at the end."""
    store = Store(settings.database_url, lease_seconds=settings.lease_seconds)
    regions = Regions(settings)
    pods = PodDirectory(store)
    operations = Operations(store)
    routings = Routings(store)
    versions = PodVersions(regions, pods)
    security_copies = SecurityCopies(store, regions, pods, routings, operations)
    defaults = DefaultGroups(store)
    rules = SecurityGroupRules(store, operations, security_copies, defaults)
    try:
        yield Services(
            settings=settings,
            store=store,
            regions=regions,
            pods=pods,
            routings=routings,
            operations=operations,
            placement=Placement(store, pods),
            pod_registry=PodRegistry(settings, store, regions, pods),
            bindings=Bindings(store, regions),
            routing_view=RoutingView(store),
            jobs=Jobs(settings, store, operations),
            versions=versions,
            zones=Zones(pods, versions),
            fanout=Fanout(settings, regions, pods, Pages(store)),
            flavors=Flavors(store, operations),
            flavor_copies=FlavorCopies(store, regions, pods, routings),
            keypairs=Keypairs(store, operations),
            keypair_copies=KeypairCopies(store, regions, pods, routings),
            aggregates=Aggregates(store),
            server_view=ServerView(store),
            security_copies=security_copies,
            security_groups=SecurityGroups(store, operations, security_copies, defaults, rules),
            security_group_rules=rules,
        )
    finally:
        await versions.stop()
        await regions.close()
        await store.close()
