"""The network API's services, built on one another in the one order that works."""

from dataclasses import dataclass

from activities.copies import Copies
from activities.core import Core
from activities.network.address_groups import AddressGroupCopies
from activities.network.bridges import BridgeNetworks
from activities.network.dhcp_agents import DhcpAgents
from activities.network.extensions import PodExtensions
from activities.network.networks import NetworkCopies
from activities.network.ports.bindings import PortBindings
from activities.network.ports.copies import PortCopies
from activities.network.ports.live import LivePorts
from activities.network.ports.macs import PortMacs
from activities.network.quotas import QuotaCopies
from activities.network.routers.apply import RouterCopies, RouterKind
from activities.network.routers.parts import RouterParts
from activities.network.routers.upkeep import RouterUpkeep
from activities.network.routers.work import RouterWork
from activities.network.security_groups.copies import SecurityCopies
from activities.network.security_groups.pod_defaults import PodDefaults
from activities.network.subnets import SubnetCopies, SubnetKind
from activities.shares import Shares
from activities.upkeep import Worker
from models import work
from models.network.address_groups import AddressGroups
from models.network.address_scopes import AddressScopes
from models.network.auto_allocated_topologies import AutoAllocatedTopologies
from models.network.bridges.leftovers import BridgeLeftovers
from models.network.bridges.rows import Bridges
from models.network.floatingip_pools import FloatingIPPools
from models.network.floatingips.associations import Associations
from models.network.floatingips.deletion import FloatingIPDeletion
from models.network.floatingips.rows import FloatingIPs
from models.network.network_ip_availabilities import NetworkIpAvailabilities
from models.network.networks import Networks
from models.network.ports.deletion import PortDeletion
from models.network.ports.rows import Ports
from models.network.quotas import NetworkQuotas
from models.network.rbac_policies import RbacPolicies
from models.network.routers.changes import RouterChanges
from models.network.routers.gateway import RouterGateway
from models.network.routers.interfaces import RouterInterfaces
from models.network.routers.plan import Topology
from models.network.routers.rows import Routers
from models.network.security_group_rules import SecurityGroupRules
from models.network.security_groups.changes import SecurityGroupChanges
from models.network.security_groups.defaults import DefaultGroups
from models.network.security_groups.rows import SecurityGroups
from models.network.subnetpools import Subnetpools
from models.network.subnets.rows import Subnets


@dataclass(frozen=True)
class NetworkServices:
    """What the network API and the network workflows are made of."""

    networks: Networks
    subnets: Subnets
    ports: Ports
    live_ports: LivePorts
    routers: Routers
    router_interfaces: RouterInterfaces
    floatingips: FloatingIPs
    security_groups: SecurityGroups
    security_group_rules: SecurityGroupRules
    subnetpools: Subnetpools
    address_scopes: AddressScopes
    address_groups: AddressGroups
    rbac_policies: RbacPolicies
    dhcp_agents: DhcpAgents
    extensions: PodExtensions
    quotas: NetworkQuotas
    network_ip_availabilities: NetworkIpAvailabilities
    floatingip_pools: FloatingIPPools
    auto_allocated_topologies: AutoAllocatedTopologies
    port_deletion: PortDeletion
    network_copies: NetworkCopies
    port_copies: PortCopies
    router_work: RouterWork
    workers: dict[work.Upkeep, Worker]


def build(core: Core) -> NetworkServices:
    """Build them on the core, on one another in the one order that works."""
    settings, store, regions, pods = core.settings, core.store, core.regions, core.pods
    routings, operations = core.routings, core.operations
    named = AddressGroupCopies(store, regions, pods, routings)
    security = SecurityCopies(store, regions, pods, routings, named)
    group_changes = SecurityGroupChanges(pods, operations)
    subnet_kind = SubnetKind(settings, store, regions)
    of_subnets = Copies(routings, pods, subnet_kind)
    network_copies = NetworkCopies(store, regions, pods, routings, operations, of_subnets)
    subnet_copies = SubnetCopies(store, routings, subnet_kind, of_subnets, network_copies)
    port_copies = PortCopies(
        store,
        regions,
        pods,
        routings,
        operations,
        network_copies,
        subnet_copies,
        security,
        group_changes,
    )
    quota_copies = QuotaCopies(store, regions, pods)
    quotas = NetworkQuotas(settings, store, operations, quota_copies)
    defaults = DefaultGroups(store)
    address_groups = AddressGroups(store, quotas, pods, operations)
    rules = SecurityGroupRules(store, quotas, operations, group_changes, defaults, address_groups)
    pod_defaults = PodDefaults(regions, pods)
    groups = SecurityGroups(store, quotas, operations, group_changes, defaults, rules)
    bridges = Bridges(settings)
    topology = Topology(store, bridges)
    changes = RouterChanges(operations, topology)
    associations = Associations(changes)
    port_deletion = PortDeletion(operations, associations, group_changes)
    floatingip_deletion = FloatingIPDeletion(associations, port_deletion)
    scopes = AddressScopes(store, quotas)
    pools = Subnetpools(store, quotas, scopes)
    networks = Networks(store, quotas, pods, operations, network_copies, floatingip_deletion)
    subnets = Subnets(
        settings, store, quotas, operations, subnet_copies, networks, pools, group_changes
    )
    ports = Ports(
        store,
        quotas,
        operations,
        networks,
        groups,
        group_changes,
        PortMacs(regions, pods, routings),
        port_deletion,
    )
    floatingips = FloatingIPs(
        store, quotas, operations, networks, ports, associations, floatingip_deletion
    )
    gateway = RouterGateway(changes, networks, ports, port_deletion)
    routers = Routers(store, quotas, pods, operations, ports, gateway)
    interfaces = RouterInterfaces(
        store, operations, routers, subnets, ports, port_deletion, changes
    )
    policies = RbacPolicies(store, quotas, operations, networks)
    parts = RouterParts(
        store,
        regions,
        routings,
        bridges,
        BridgeNetworks(store, regions, pods, routings, bridges),
        network_copies,
        subnet_copies,
        port_copies,
    )
    router_kind = RouterKind(store, regions)
    of_routers = Copies(routings, pods, router_kind)
    router_copies = RouterCopies(
        store,
        pods,
        routings,
        topology,
        router_kind,
        of_routers,
        network_copies,
        subnet_copies,
        parts,
    )
    leftovers = BridgeLeftovers(bridges, topology)
    router_upkeep = RouterUpkeep(store, of_routers, router_copies, leftovers)
    return NetworkServices(
        networks=networks,
        subnets=subnets,
        ports=ports,
        live_ports=LivePorts(ports, PortBindings(store, regions, pods, settings.list_deadline)),
        routers=routers,
        router_interfaces=interfaces,
        floatingips=floatingips,
        security_groups=groups,
        security_group_rules=rules,
        subnetpools=pools,
        address_scopes=scopes,
        address_groups=address_groups,
        rbac_policies=policies,
        dhcp_agents=DhcpAgents(store, pods, routings, networks, network_copies),
        extensions=PodExtensions(regions, pods, settings.list_deadline),
        quotas=quotas,
        network_ip_availabilities=NetworkIpAvailabilities(store),
        floatingip_pools=FloatingIPPools(store, networks),
        auto_allocated_topologies=AutoAllocatedTopologies(
            store, networks, subnets, pools, routers, interfaces
        ),
        port_deletion=port_deletion,
        network_copies=network_copies,
        port_copies=port_copies,
        router_work=RouterWork(
            store, pods, operations, router_copies, leftovers, Shares(settings.pod_activities)
        ),
        workers={
            work.CleanUp.NETWORK: network_copies.clean_up_network,
            work.CleanUp.SUBNET: subnet_copies.clean_up_subnet,
            work.CleanUp.PORT: port_copies.clean_up_port,
            work.CleanUp.ROUTER: router_upkeep.clean_up_router,
            work.CleanUp.SECURITY_GROUP: security.remove,
            work.CleanUp.POD_DEFAULTS: pod_defaults.remove,
            work.UpdateCopies.NETWORK: network_copies.update_network,
            work.UpdateCopies.SUBNET: subnet_copies.update_subnet,
            work.UpdateCopies.PORT: port_copies.update_port,
            work.UpdateCopies.ROUTER: router_upkeep.update_router,
            work.InPod.ADDRESS_GROUP: named.converge,
            work.UpdateCopies.NETWORK_QUOTA: quota_copies.converge,
            work.InPod.SECURITY_GROUP: security.converge,
        },
    )
