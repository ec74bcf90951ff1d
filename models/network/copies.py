"""What the rows ask of the pods; ``activities.network`` does it."""

from typing import Protocol

from models.values import Pod


class NetworkCopies(Protocol):
    """The copies of networks, for one that has to be in its pod before it is answered."""

    async def network(self, network_id: str, pod: Pod) -> str:
        """Return the id of the network's copy, made now if need be; the pod's refusal otherwise.

        ``PodBusy`` while what was deleted at the top is in its way there.
        """
        ...


class SubnetCopies(Protocol):
    """The copies of subnets, for one that has to be in its pod before it is answered."""

    async def subnet(self, subnet_id: str, pod: Pod) -> str:
        """Return the id of the subnet's copy, as ``network`` does."""
        ...
