"""The network models on a database, built as a worker builds them, beside pods that agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.database.store import Row, Store, new_id
from models.database.tables.network import TABLES
from models.database.tables.routing import Routing
from models.network.address_groups import AddressGroups
from models.network.address_scopes import AddressScopes
from models.network.auto_allocated_topologies import AutoAllocatedTopologies
from models.network.bridges.leftovers import BridgeLeftovers
from models.network.bridges.rows import Bridges
from models.network.collections.collection import Collection
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
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Routings
from models.settings import Settings
from models.values import Pod


class Offered:
    """An outbox that keeps what it is offered, for nobody runs it."""

    def __init__(self) -> None:
        self.operations: list[Row] = []
        self.stopped: list[Row] = []
        self.running: set[str] = set()

    async def offer(self, operation: Row) -> None:
        self.operations.append(operation)

    async def stop(self, operation: Row) -> None:
        self.stopped.append(operation)

    async def runs(self, operation: Row) -> bool:
        return operation["id"] in self.running


class Made:
    """Copies that every pod makes when it is asked to; their routings tell where.

    With a ``refusal`` no pod makes any.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.refusal: Exception | None = None

    async def network(self, network_id: str, pod: Pod) -> str:
        mine = TABLES["networks"].update().where(TABLES["networks"].c.id == network_id)
        async with self._store.write() as tx:
            await tx.run(mine.values(pod_id=pod.pod_id))
        return await self.make("network", network_id, pod)

    async def subnet(self, subnet_id: str, pod: Pod) -> str:
        return await self.make("subnet", subnet_id, pod)

    async def make(self, kind: str, top_id: str, pod: Pod, owner_id: str = "") -> str:
        if self.refusal:
            raise self.refusal
        row = {"type": kind, "top_id": top_id, "pod_id": pod.pod_id, "bottom_id": new_id()}
        async with self._store.write() as tx:
            await tx.insert_new(Routing.table, row | {"owner_id": owner_id})
        return str(row["bottom_id"])


class Spread:
    """Limits as the pods were told them."""

    def __init__(self) -> None:
        self.projects: list[str] = []

    async def converge(self, project_id: str) -> None:
        self.projects.append(project_id)


class Plugged:
    """Pods in which no port is bound, unless they have a ``refusal``."""

    def __init__(self) -> None:
        self.refusal: Exception | None = None

    async def refuse_bound(self, port: Row, wanted: Any) -> None:
        if self.refusal:
            raise self.refusal


@dataclass
class Network:
    """The network models, and what stands for the pods and for Temporal."""

    store: Store
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        store, settings = self.store, self.settings
        self.outbox, self.copies, self.spread = Offered(), Made(store), Spread()
        self.plugged = Plugged()
        self.pods = PodDirectory(store)
        self.routings = Routings(store)
        self.operations = operations = Operations(store, self.outbox)
        changes_of_groups = SecurityGroupChanges(self.pods, operations)
        self.quotas = quotas = NetworkQuotas(settings, store, operations, self.spread)
        defaults = DefaultGroups(store)
        self.address_groups = AddressGroups(store, quotas, self.pods, operations)
        self.rules = SecurityGroupRules(
            store, quotas, operations, changes_of_groups, defaults, self.address_groups
        )
        self.groups = SecurityGroups(
            store, quotas, operations, changes_of_groups, defaults, self.rules
        )
        self.bridges = Bridges(settings)
        self.topology = Topology(store, self.bridges)
        self.leftovers = BridgeLeftovers(self.bridges, self.topology)
        changes = RouterChanges(operations, self.topology)
        associations = Associations(changes)
        self.port_deletion = PortDeletion(operations, associations, changes_of_groups)
        floatingip_deletion = FloatingIPDeletion(associations, self.port_deletion)
        self.scopes = AddressScopes(store, quotas)
        self.pools = Subnetpools(store, quotas, self.scopes)
        self.networks = Networks(
            store, quotas, self.pods, operations, self.copies, floatingip_deletion
        )
        self.subnets = Subnets(
            settings,
            store,
            quotas,
            operations,
            self.copies,
            self.networks,
            self.pools,
            changes_of_groups,
        )
        self.ports = Ports(
            store,
            quotas,
            operations,
            self.networks,
            self.groups,
            changes_of_groups,
            self.plugged,
            self.port_deletion,
        )
        self.floatingips = FloatingIPs(
            store, quotas, operations, self.networks, self.ports, associations, floatingip_deletion
        )
        gateway = RouterGateway(changes, self.networks, self.ports, self.port_deletion)
        self.routers = Routers(store, quotas, self.pods, operations, self.ports, gateway)
        self.interfaces = RouterInterfaces(
            store,
            operations,
            self.routers,
            self.subnets,
            self.ports,
            self.port_deletion,
            changes,
        )
        self.policies = RbacPolicies(store, quotas, operations, self.networks)
        self.availabilities = NetworkIpAvailabilities(store)
        self.floatingip_pools = FloatingIPPools(store, self.networks)
        self.topologies = AutoAllocatedTopologies(
            store, self.networks, self.subnets, self.pools, self.routers, self.interfaces
        )

    def collection(self, noun: str) -> Collection:
        """Return the collection that a path of the network API begins with."""
        return {
            "networks": self.networks,
            "subnets": self.subnets,
            "ports": self.ports,
            "routers": self.routers,
            "floatingips": self.floatingips,
            "security-groups": self.groups,
            "security-group-rules": self.rules,
            "address-groups": self.address_groups,
            "address-scopes": self.scopes,
            "subnetpools": self.pools,
            "rbac-policies": self.policies,
        }[noun]
