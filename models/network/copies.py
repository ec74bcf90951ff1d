"""Copies: what the rows ask of the pods; ``activities.network.copies`` does it."""

from typing import Protocol

from models.values import Pod


class Copies(Protocol):
    """Get-or-create of copies, for what has to be in its pod before it is answered."""

    async def network(self, network_id: str, pod: Pod) -> str:
        """Return the id of the network's copy, made now if need be; the pod's refusal otherwise.

        ``PodBusy`` while what was deleted at the top is in its way there.
        """
        ...

    async def subnet(self, subnet_id: str, pod: Pod) -> str:
        """Return the id of the subnet's copy, as ``network`` does."""
        ...
