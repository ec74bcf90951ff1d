"""The steps of the guide as data, and the orders in which they are walked.

Both orders have the same steps and end in the same state. What remains of an order is what the
APIs themselves ask for: a server needs its network, an address outside needs the network outside,
and Neutron leads a floating IP to a port only where a router leads from one to the other.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Step(Enum):
    """One step; :class:`deploy.walkthrough.guide.Guide` knows how each is done."""

    CLEAR = auto()
    PODS = auto()
    FLAVOR = auto()
    NETWORKS = auto()
    SERVERS = auto()
    VOLUMES = auto()
    EXTERNAL = auto()
    ROUTER = auto()
    GATEWAY = auto()
    INTERFACES = auto()
    CONNECTED = auto()
    ACROSS = auto()
    ADMIT = auto()
    FLOATING = auto()
    ASSOCIATE = auto()
    OUTSIDE = auto()
    JOBS = auto()
    UNDO = auto()


@dataclass(frozen=True)
class Order:
    """Steps in their order; ``backwards`` also takes pairs (servers, networks) from the end."""

    steps: tuple[Step, ...]
    backwards: bool = False


GUIDE = Order(
    (
        *(Step.CLEAR, Step.PODS, Step.FLAVOR, Step.NETWORKS, Step.SERVERS, Step.VOLUMES),
        *(Step.EXTERNAL, Step.ROUTER, Step.GATEWAY, Step.INTERFACES, Step.CONNECTED, Step.ACROSS),
        *(Step.ADMIT, Step.FLOATING, Step.ASSOCIATE, Step.OUTSIDE, Step.JOBS),
    )
)
# Volumes and servers before anything joins them, the router before there is an outside, floating
# IPs before the gateway, the gateway before the interfaces, the last pod first.
REVERSE = Order(
    (
        *(Step.CLEAR, Step.PODS, Step.FLAVOR, Step.VOLUMES, Step.NETWORKS, Step.SERVERS),
        *(Step.ADMIT, Step.ROUTER, Step.EXTERNAL, Step.FLOATING, Step.GATEWAY, Step.INTERFACES),
        *(Step.ASSOCIATE, Step.CONNECTED, Step.OUTSIDE, Step.ACROSS, Step.JOBS),
    ),
    backwards=True,
)
# What only real guests can do.
WITH_PACKETS = frozenset({Step.ACROSS, Step.OUTSIDE})
