"""wiring: everything that gateway and worker share, opened once and passed down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from activities.admin.adoption import Adoption
from activities.compute.actions import ServerActions
from activities.compute.aggregate_copies import AggregateCopies
from activities.compute.boots import Boots
from activities.compute.flavor_copies import FlavorCopies
from activities.compute.hosts import Hosts
from activities.compute.interfaces import Interfaces
from activities.compute.keypair_copies import KeypairCopies
from activities.compute.server_creation import ServerCreation
from activities.compute.server_group_copies import ServerGroupCopies
from activities.compute.servers import Servers
from activities.creations import Strays
from activities.image.copies import ImageCopies
from activities.keystone import KeystoneCalls
from activities.network import wiring as network_wiring
from activities.network.copies import Copies
from activities.network.routers.work import RouterWork
from activities.network.unbinding import Unbinding
from activities.pods.fanout import Fanout
from activities.pods.pages import Pages
from activities.pods.region import Regions
from activities.pods.versions import PodVersions
from activities.pods.zones import Zones
from activities.quotas.figures import PodFigures
from activities.quotas.limits import LimitCopies
from activities.upkeep import Upkeep, Worker
from activities.volume import wiring as volume_wiring
from activities.volume.creation import VolumeCreation
from activities.volume.group_type_copies import GroupTypeCopies
from activities.volume.qos_copies import QosCopies
from activities.volume.reservations import VolumeReservations
from activities.volume.type_copies import TypeCopies
from activities.volume.upkeep import VolumeUpkeep
from activities.volume.volumes import Volumes
from models import work
from models.admin.bindings import Bindings
from models.admin.jobs import Jobs
from models.admin.pods import PodRegistry
from models.admin.routings import RoutingView
from models.admin.topology import TopologyView
from models.compute.aggregates import Aggregates
from models.compute.flavors import Flavors
from models.compute.floating_ips import ComputeFloatingIPs
from models.compute.inner_zones import InnerZones
from models.compute.keypairs import Keypairs
from models.compute.pod_numbers import PodNumbers
from models.compute.security_groups import ComputeSecurityGroups
from models.compute.server_groups import ServerGroups
from models.compute.servers.attachments import Attachments
from models.compute.servers.boot_homes import BootHomes
from models.compute.servers.boot_plan import BootPlanner
from models.compute.servers.ports import ServerPorts
from models.compute.servers.reservations import ServerReservations
from models.compute.servers.view import ServerView
from models.compute.servers.volumes import ServerVolumes
from models.compute.volumes import ComputeVolumes
from models.creations import Creations
from models.database.store import Store
from models.network.floatingips.rows import FloatingIPs
from models.network.networks import Networks
from models.network.ports.rows import Ports
from models.network.routers.interfaces import RouterInterfaces
from models.network.routers.rows import Routers
from models.network.security_group_rules import SecurityGroupRules
from models.network.security_groups.rows import SecurityGroups
from models.network.subnets.rows import Subnets
from models.operations import Operations, Outbox
from models.placement import Placement
from models.places import Places
from models.pods import PodDirectory
from models.quotas.limits import Limits
from models.quotas.quotas import Quotas
from models.quotas.reservations import Reservations
from models.quotas.type_limits import TypeLimits
from models.routings import Routings
from models.settings import Settings
from models.volume.group_types import GroupTypes
from models.volume.objects import VolumeObjects
from models.volume.qos_specs import QosSpecs
from models.volume.types import VolumeTypes


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
    adoption: Adoption
    routing_view: RoutingView
    jobs: Jobs
    topology: TopologyView
    versions: PodVersions
    zones: Zones
    fanout: Fanout
    flavors: Flavors
    flavor_copies: FlavorCopies
    keypairs: Keypairs
    keypair_copies: KeypairCopies
    aggregates: Aggregates
    aggregate_copies: AggregateCopies
    inner_zones: InnerZones
    pod_numbers: PodNumbers
    server_groups: ServerGroups
    server_group_copies: ServerGroupCopies
    server_reservations: ServerReservations
    server_view: ServerView
    quotas: Quotas
    reservations: Reservations
    type_limits: TypeLimits
    server_volumes: ServerVolumes
    compute_volumes: ComputeVolumes
    places: Places
    creations: Creations
    volumes: Volumes
    volume_objects: VolumeObjects
    volume_upkeep: VolumeUpkeep
    volume_reservations: VolumeReservations
    volume_creation: VolumeCreation
    volume_types: VolumeTypes
    type_copies: TypeCopies
    qos_specs: QosSpecs
    qos_copies: QosCopies
    group_types: GroupTypes
    group_type_copies: GroupTypeCopies
    image_copies: ImageCopies
    boots: Boots
    servers: Servers
    server_creation: ServerCreation
    server_actions: ServerActions
    server_ports: ServerPorts
    compute_floating_ips: ComputeFloatingIPs
    compute_security_groups: ComputeSecurityGroups
    interfaces: Interfaces
    security_groups: SecurityGroups
    security_group_rules: SecurityGroupRules
    networks: Networks
    subnets: Subnets
    ports: Ports
    routers: Routers
    router_interfaces: RouterInterfaces
    floatingips: FloatingIPs
    copies: Copies
    router_work: RouterWork
    network: network_wiring.NetworkServices
    upkeep: Upkeep


@asynccontextmanager
async def open_services(settings: Settings, outbox: Outbox) -> AsyncIterator[Services]:
    """Open database and clients; close them at the end. Work that lasts goes to the outbox."""
    store = Store(settings.database_url, lease_seconds=settings.lease_seconds)
    regions = Regions(settings)
    keystone = KeystoneCalls(regions)
    pods = PodDirectory(store)
    operations = Operations(store, outbox)
    jobs = Jobs(settings, store, operations)
    routings = Routings(store)
    versions = PodVersions(regions, pods)
    placement = Placement(store, pods)
    places = Places(placement, pods, routings)
    fanout = Fanout(settings, regions, pods, Pages(store))
    creations = Creations(store, operations)
    network = network_wiring.build(settings, store, regions, pods, routings, operations)
    flavors = Flavors(store, operations)
    flavor_copies = FlavorCopies(store, regions, pods, routings)
    keypairs = Keypairs(store, operations)
    keypair_copies = KeypairCopies(store, regions, pods, routings)
    hosts = Hosts(regions, pods)
    aggregate_copies = AggregateCopies(store, regions, pods, routings)
    aggregates = Aggregates(store, pods, operations, aggregate_copies, hosts)
    server_groups = ServerGroups(store, pods, operations, routings)
    server_group_copies = ServerGroupCopies(store, regions, pods, routings, server_groups)
    inner_zones = InnerZones(store, pods)
    planner = BootPlanner(
        store,
        places,
        BootHomes(hosts, places),
        network.networks,
        network.ports,
        flavors,
        keypairs,
        network.security_groups,
        inner_zones,
    )
    unbinding = Unbinding(store, pods, operations, routings, network.copies)
    server_volumes = ServerVolumes(store, operations, places)
    server_reservations = ServerReservations(store)
    attachments = Attachments(network.ports, network.port_deletion)
    boots = Boots(
        store,
        operations,
        planner,
        attachments,
        network.copies,
        flavor_copies,
        keypair_copies,
        places,
        creations,
        Strays(regions, pods, creations),
        unbinding,
        server_volumes,
        server_reservations,
    )
    servers = Servers(
        store,
        regions,
        pods,
        operations,
        routings,
        attachments,
        server_volumes,
        server_reservations,
    )
    interfaces = Interfaces(
        store,
        regions,
        pods,
        operations,
        routings,
        planner,
        attachments,
        network.copies,
    )
    volume = volume_wiring.build(
        settings, store, regions, pods, routings, operations, places, creations
    )
    image_copies = ImageCopies(settings, store, regions, pods, operations)
    limit_copies = LimitCopies(store, regions, pods)
    figures = PodFigures(settings, store, regions, pods, versions)
    quotas = Quotas(store, keystone, figures, Limits(store, operations, limit_copies))
    reservations = Reservations(store, quotas)
    type_limits = TypeLimits(store, quotas.limits)
    volume_reservations = VolumeReservations(reservations, type_limits, volume.types)
    workers: dict[work.Upkeep, Worker] = {
        work.CleanUp.SERVER: servers.clean_up,
        work.CleanUp.CREATION: boots.clean_up,
        work.CleanUp.INTERFACE: interfaces.clean_up,
        work.CleanUp.NETWORK_COPY: unbinding.clean_up,
        work.UpdateCopies.QUOTA: limit_copies.spread,
        work.InPod.IMAGE: image_copies.copy,
        work.UpdateCopies.AGGREGATE: aggregate_copies.align,
        work.CleanUp.SERVER_GROUP: server_group_copies.clean_up,
        work.CleanUp.FLAVOR: flavor_copies.clean_up,
        work.CleanUp.KEYPAIR: keypair_copies.clean_up,
    }
    workers |= network.workers | volume.workers
    try:
        yield Services(
            settings=settings,
            store=store,
            regions=regions,
            pods=pods,
            routings=routings,
            operations=operations,
            placement=placement,
            pod_registry=PodRegistry(settings, store, keystone, pods),
            bindings=Bindings(store, keystone),
            adoption=Adoption(store, regions, pods),
            routing_view=RoutingView(store),
            jobs=jobs,
            topology=TopologyView(store, pods, jobs),
            versions=versions,
            zones=Zones(pods, versions),
            fanout=fanout,
            flavors=flavors,
            flavor_copies=flavor_copies,
            keypairs=keypairs,
            keypair_copies=keypair_copies,
            aggregates=aggregates,
            aggregate_copies=aggregate_copies,
            inner_zones=inner_zones,
            pod_numbers=PodNumbers(store, pods),
            server_groups=server_groups,
            server_group_copies=server_group_copies,
            server_reservations=server_reservations,
            server_view=ServerView(store, inner_zones),
            quotas=quotas,
            reservations=reservations,
            type_limits=type_limits,
            server_volumes=server_volumes,
            compute_volumes=ComputeVolumes(store, operations, places, creations),
            places=places,
            creations=creations,
            volumes=volume.volumes,
            volume_objects=volume.objects,
            volume_upkeep=volume.upkeep,
            volume_reservations=volume_reservations,
            volume_creation=VolumeCreation(
                volume.objects, volume.volumes, volume.types, image_copies, volume_reservations
            ),
            volume_types=volume.types,
            type_copies=volume.type_copies,
            qos_specs=volume.qos_specs,
            qos_copies=volume.qos_copies,
            group_types=volume.group_types,
            group_type_copies=volume.group_type_copies,
            image_copies=image_copies,
            boots=boots,
            servers=servers,
            server_creation=ServerCreation(
                boots,
                servers,
                server_groups,
                server_group_copies,
                image_copies,
                volume.volumes,
                placement,
                reservations,
            ),
            server_actions=ServerActions(
                flavors, flavor_copies, keypairs, keypair_copies, inner_zones
            ),
            server_ports=ServerPorts(
                store, planner, network.ports, network.floatingips, network.copy_upkeep
            ),
            compute_floating_ips=ComputeFloatingIPs(network.floatingips, network.networks),
            compute_security_groups=ComputeSecurityGroups(
                network.security_groups, network.security_group_rules
            ),
            interfaces=interfaces,
            security_groups=network.security_groups,
            security_group_rules=network.security_group_rules,
            networks=network.networks,
            subnets=network.subnets,
            ports=network.ports,
            routers=network.routers,
            router_interfaces=network.router_interfaces,
            floatingips=network.floatingips,
            copies=network.copies,
            router_work=network.router_work,
            network=network,
            upkeep=Upkeep(store, operations, workers),
        )
    finally:
        await versions.stop()
        await creations.stop()
        await regions.close()
        await store.close()
