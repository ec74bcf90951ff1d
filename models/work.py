"""Work: every kind of work that outlives a request, and how each piece of it is told in a row.

A kind is a member of one of the five enums; ``kind.on(...)`` is the piece of work that
``Operations.add`` writes. The class tells the workflow, the member the type of the resource, and
``on`` the id of the execution: what has the same id never runs twice at the same time. Stored and
recorded are only strings, so no value here may change while an execution is under way.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from models.errors import BadRequest
from models.values import Pod


class Type(StrEnum):
    """The workflows' names in Temporal, and the types of jobs that operators see."""

    ROUTER = "router"
    EXTRA_ROUTES = "extra-routes"
    ROUTER_INTERFACE_ADD = "router-interface-add"
    ROUTER_INTERFACE_REMOVE = "router-interface-remove"
    ROUTER_GATEWAY_SET = "router-gateway-set"
    ROUTER_GATEWAY_CLEAR = "router-gateway-clear"
    FLOATINGIP_ASSOCIATE = "floatingip-associate"
    FLOATINGIP_DISASSOCIATE = "floatingip-disassociate"
    CLEAN_UP = "clean-up"
    UPDATE_COPIES = "update-copies"
    SECURITY_GROUP_SYNC = "security-group-sync"


class State(StrEnum):
    """How far a piece of work has come; operators see it, too."""

    ACCEPTED = "accepted"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.ACCEPTED, State.RUNNING)
DONE = (State.SUCCEEDED, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work: a kind, the object it is about, and the execution that does it.

    ``router_id`` names the router that it belongs to, if any.
    """

    kind: "Kind"
    resource_id: str
    workflow_id: str
    router_id: str = ""


class _OnOne(Enum):
    """Work on one object at a time; the value is the object's type.

    No ``StrEnum``: the clean-up of a port and its update are different keys.
    """

    @property
    def resource_type(self) -> str:
        """What it is done to."""
        return str(self.value)


class CleanUp(_OnOne):
    """What is deleted at the top goes from the pods, and what was kept for it is let go."""

    SERVER = "server"
    SERVER_GROUP = "server_group"
    INTERFACE = "interface"
    FLAVOR = "flavor"
    KEYPAIR = "keypair"
    # An object of which no pod has said yet whether it made it.
    CREATION = "creation"
    NETWORK = "network"
    # A network that is still there, in a pod that nothing needs it in.
    NETWORK_COPY = "network-copy"
    SUBNET = "subnet"
    PORT = "port"
    ROUTER = "router"
    SECURITY_GROUP = "security_group"
    # The default group that a pod's Neutron makes for a project by itself.
    POD_DEFAULTS = "pod_defaults"
    VOLUME = "volume"
    SNAPSHOT = "snapshot"
    BACKUP = "backup"
    GROUP = "group"
    GROUP_SNAPSHOT = "group_snapshot"
    VOLUME_TYPE = "volume_type"
    QOS_SPECS = "qos_specs"
    GROUP_TYPE = "group_type"

    @property
    def type(self) -> Type:
        """The workflow's name."""
        return Type.CLEAN_UP

    def on(self, id_: str) -> Work:
        """Return the work on one object."""
        router_id = id_ if self is CleanUp.ROUTER else ""
        return Work(self, id_, f"{self.type}/{self.value}/{id_}", router_id)


class UpdateCopies(_OnOne):
    """What an object shows at the top, its copies in the pods show too."""

    AGGREGATE = "aggregate"
    QUOTA = "quota"
    NETWORK = "network"
    SUBNET = "subnet"
    PORT = "port"
    ROUTER = "router"
    NETWORK_QUOTA = "network_quota"
    # Whose a volume is, which its pod alone knows after a transfer.
    VOLUME = "volume"
    VOLUME_TYPE = "volume_type"
    QOS_SPECS = "qos_specs"
    GROUP_TYPE = "group_type"

    @property
    def type(self) -> Type:
        """The workflow's name."""
        return Type.UPDATE_COPIES

    def on(self, id_: str) -> Work:
        """Return the work on one object."""
        return Work(self, id_, f"{self.type}/{self.value}/{id_}")


class InPod(Enum):
    """One object is brought up to date in one pod: workflow, resource type, start of the id."""

    SECURITY_GROUP = Type.SECURITY_GROUP_SYNC, "security_group", "security-group-sync"
    ADDRESS_GROUP = Type.UPDATE_COPIES, "address_group", "update-copies/address_group"
    IMAGE = Type.UPDATE_COPIES, "image", "copy-image"

    def __init__(self, type_: Type, resource_type: str, prefix: str) -> None:
        self.type = type_
        self.resource_type = resource_type
        self._prefix = prefix

    def on(self, id_: str, pod: Pod) -> Work:
        """Return the work on one object in one pod."""
        where = pod.pod_id if self is InPod.IMAGE else pod.pod_name
        return Work(self, f"{id_}/{where}", f"{self._prefix}/{id_}/{pod.pod_name}")

    @staticmethod
    def parts(resource_id: str) -> tuple[str, str]:
        """Return object and pod of a piece of work: the pod's name, or its id for an image."""
        id_, _, where = resource_id.partition("/")
        return id_, where


class _Named(Enum):
    """Work with a workflow of its own: its name, and the type of what it is about."""

    def __init__(self, type_: Type, resource_type: str) -> None:
        self.type = type_
        self.resource_type = resource_type


class RouterChange(_Named):
    """A piece of a router changes.

    A router's changes run at the same time, but those with the same id one after the other.
    """

    ADD_INTERFACE = Type.ROUTER_INTERFACE_ADD, "port"
    REMOVE_INTERFACE = Type.ROUTER_INTERFACE_REMOVE, "port"
    SET_GATEWAY = Type.ROUTER_GATEWAY_SET, "port"
    CLEAR_GATEWAY = Type.ROUTER_GATEWAY_CLEAR, "port"
    ASSOCIATE_FLOATINGIP = Type.FLOATINGIP_ASSOCIATE, "floatingip"
    DISASSOCIATE_FLOATINGIP = Type.FLOATINGIP_DISASSOCIATE, "floatingip"

    @property
    def needs_bridge_addresses(self) -> bool:
        """Tell whether it may need a bridge address that is not there yet."""
        adding = RouterChange.ADD_INTERFACE, RouterChange.SET_GATEWAY
        return self in (*adding, RouterChange.ASSOCIATE_FLOATINGIP)

    def on(self, router_id: str, piece_id: str) -> Work:
        """Return the change of one piece of one router."""
        match self:
            case RouterChange.ADD_INTERFACE | RouterChange.REMOVE_INTERFACE:
                about = f"{router_id}/{piece_id}"
            case RouterChange.SET_GATEWAY | RouterChange.CLEAR_GATEWAY:
                about = router_id
            case RouterChange.ASSOCIATE_FLOATINGIP | RouterChange.DISASSOCIATE_FLOATINGIP:
                about = piece_id
        return Work(self, piece_id, f"{self.type}/{about}", router_id)


def router_execution(router_id: str) -> str:
    """Return the id of the execution that runs a router's operations."""
    return f"{Type.ROUTER}/{router_id}"


class RouterRoutes(_Named):
    """The extra routes of a router are right in every pod."""

    EXTRA_ROUTES = Type.EXTRA_ROUTES, "router"

    def on(self, router_id: str) -> Work:
        """Return the work on one router; its own execution looks at them before it starts one."""
        return Work(self, router_id, router_execution(router_id), router_id)

    def execution_in(self, router_id: str, pod_name: str) -> str:
        """Return the id of the execution that sets the routes in one pod."""
        return f"{self.type}/{router_id}/{pod_name}"


EXTRA_ROUTES: Final = RouterRoutes.EXTRA_ROUTES
# What a worker does to one object at a time, and what a router's own execution takes.
Upkeep = CleanUp | UpdateCopies | InPod
OfRouter = RouterChange | RouterRoutes
Kind = Upkeep | OfRouter
UPKEEP: tuple[Upkeep, ...] = (*CleanUp, *UpdateCopies, *InPod)
_KINDS: dict[tuple[str, str], Kind] = {
    (kind.type, kind.resource_type): kind for kind in (*UPKEEP, *RouterChange, *RouterRoutes)
}


def upkeep_of(type_: str, resource_type: str) -> Upkeep:
    """Return the kind of work on one object that is stored or recorded so; ``BadRequest``."""
    kind = kind_of(type_, resource_type)
    if isinstance(kind, RouterChange | RouterRoutes):
        raise BadRequest(f"There is no {type_} of a {resource_type} alone.")
    return kind


def kind_of(type_: str, resource_type: str) -> Kind:
    """Return the kind that a stored or recorded piece of work is of; ``BadRequest``."""
    kind = _KINDS.get((type_, resource_type))
    if kind is None:
        raise BadRequest(f"There is no {type_} of a {resource_type}.")
    return kind
