"""What the compute API is made of, built once."""

from dataclasses import dataclass

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
from activities.core import Core
from activities.creations import Strays
from activities.image.wiring import ImageServices
from activities.network.unbinding import Unbinding
from activities.network.wiring import NetworkServices
from activities.quotas.wiring import QuotaServices
from activities.upkeep import Worker
from activities.volume.wiring import VolumeServices
from models import work
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


@dataclass(frozen=True)
class ComputeServices:
    """What handlers of the compute API call, and the upkeep of its copies."""

    aggregates: Aggregates
    aggregate_copies: AggregateCopies
    flavors: Flavors
    flavor_copies: FlavorCopies
    floating_ips: ComputeFloatingIPs
    inner_zones: InnerZones
    interfaces: Interfaces
    keypairs: Keypairs
    keypair_copies: KeypairCopies
    pod_numbers: PodNumbers
    security_groups: ComputeSecurityGroups
    server_actions: ServerActions
    server_creation: ServerCreation
    server_groups: ServerGroups
    server_group_copies: ServerGroupCopies
    server_ports: ServerPorts
    server_reservations: ServerReservations
    server_view: ServerView
    server_volumes: ServerVolumes
    servers: Servers
    volumes: ComputeVolumes
    boots: Boots
    workers: dict[work.Upkeep, Worker]


def build(
    core: Core,
    quotas: QuotaServices,
    network: NetworkServices,
    volume: VolumeServices,
    image: ImageServices,
) -> ComputeServices:
    """Build them on the core and on what servers are made of."""
    store, regions, pods = core.store, core.regions, core.pods
    operations, routings = core.operations, core.routings
    flavors = Flavors(store, operations)
    flavor_copies = FlavorCopies(store, regions, pods, routings)
    keypairs = Keypairs(store, operations)
    keypair_copies = KeypairCopies(store, regions, pods, routings)
    hosts = Hosts(regions, pods)
    aggregate_copies = AggregateCopies(store, regions, pods, routings)
    server_groups = ServerGroups(store, pods, operations, routings)
    server_group_copies = ServerGroupCopies(store, regions, pods, routings, server_groups)
    inner_zones = InnerZones(store, pods)
    planner = BootPlanner(
        store,
        core.places,
        BootHomes(hosts, core.places),
        network.networks,
        network.ports,
        flavors,
        keypairs,
        network.security_groups,
        inner_zones,
    )
    unbinding = Unbinding(store, pods, operations, routings, network.network_copies)
    server_volumes = ServerVolumes(store, operations, core.places, core.departures)
    server_reservations = ServerReservations(store)
    attachments = Attachments(network.ports, network.port_deletion)
    boots = Boots(
        store,
        operations,
        attachments,
        network.port_copies,
        flavor_copies,
        keypair_copies,
        core.places,
        core.creations,
        Strays(store, regions, pods, core.creations, core.places, server_volumes),
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
        core.departures,
    )
    interfaces = Interfaces(
        store, regions, pods, operations, routings, planner, attachments, network.port_copies
    )
    return ComputeServices(
        aggregates=Aggregates(store, pods, operations, aggregate_copies, hosts),
        aggregate_copies=aggregate_copies,
        flavors=flavors,
        flavor_copies=flavor_copies,
        floating_ips=ComputeFloatingIPs(network.floatingips, network.networks),
        inner_zones=inner_zones,
        interfaces=interfaces,
        keypairs=keypairs,
        keypair_copies=keypair_copies,
        pod_numbers=PodNumbers(store, pods),
        security_groups=ComputeSecurityGroups(
            network.security_groups, network.security_group_rules
        ),
        server_actions=ServerActions(
            flavors, flavor_copies, keypairs, keypair_copies, inner_zones
        ),
        server_creation=ServerCreation(
            planner,
            boots,
            servers,
            server_groups,
            server_group_copies,
            image.copies,
            volume.volumes,
            core.placement,
            quotas.reservations,
        ),
        server_groups=server_groups,
        server_group_copies=server_group_copies,
        server_ports=ServerPorts(
            store, planner, network.ports, network.floatingips, network.port_copies
        ),
        server_reservations=server_reservations,
        server_view=ServerView(core.settings, store, inner_zones),
        server_volumes=server_volumes,
        servers=servers,
        volumes=ComputeVolumes(store, core.places, core.creations),
        boots=boots,
        workers={
            work.CleanUp.SERVER: servers.clean_up,
            work.CleanUp.CREATION: boots.clean_up,
            work.CleanUp.INTERFACE: interfaces.clean_up,
            work.CleanUp.NETWORK_COPY: unbinding.clean_up,
            work.UpdateCopies.AGGREGATE: aggregate_copies.converge,
            work.CleanUp.SERVER_GROUP: server_group_copies.clean_up,
            work.CleanUp.FLAVOR: flavor_copies.clean_up,
            work.CleanUp.KEYPAIR: keypair_copies.clean_up,
        },
    )
