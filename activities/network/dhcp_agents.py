"""DhcpAgents: which networks of the top the DHCP agents of pods serve."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from activities.network.networks import NetworkCopies
from models.database.store import Store
from models.database.tables.routing import Routing
from models.errors import NotFound
from models.network.networks import Networks
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller, Pod

DHCP = "DHCP agent"


class DhcpAgents:
    """Translates between the networks of the top and their copies, for admins."""

    def __init__(
        self,
        store: Store,
        pods: PodDirectory,
        rows: Routings,
        networks: Networks,
        copies: NetworkCopies,
    ) -> None:
        self._store = store
        self._pods = pods
        self._routings = rows
        self._networks = networks
        self._copies = copies

    async def places(self, network_id: str) -> list[tuple[Pod, str]]:
        """Return the pods that have a copy of the network, with its id there."""
        if "\0" in network_id:
            return []
        of = (Routing.type == "network", Routing.top_id == network_id)
        rows = await self._routings.rows(*of, Routing.bottom_id.is_not(None))
        return [(await self._pods.get(row.pod_id), row.bottom_id or "") for row in rows]

    async def at_top(self, caller: Caller, pod: Pod, bottoms: Sequence[str]) -> list[Any]:
        """Return the networks whose copies in the pod these are, as the top shows them.

        What a pod has besides (bridges, its own networks) is not there at the top.
        """
        here = (Routing.type == "network", Routing.pod_id == pod.pod_id)
        statement = select(Routing.top_id).where(*here, Routing.bottom_id.in_(bottoms))
        async with self._store.read() as tx:
            ids = [row["top_id"] for row in await tx.all(statement)]
        if not ids:
            return []
        return (await self._networks.list(caller, [("id", id_) for id_ in ids])).items

    async def copy(self, caller: Caller, network_id: str, pod: Pod, agent: Any) -> str:
        """Return the id of the network's copy in the agent's pod, made for a DHCP agent.

        ``Conflict`` for a network in another pod; ``NotFound`` for one that is not there, and for
        an agent that serves no networks.
        """
        await self._networks.get(caller, network_id)
        known = await self._routings.bottom_id("network", network_id, pod)
        if known:
            return known
        if agent["agent_type"] != DHCP:
            raise NotFound(f"Agent {agent['id']} could not be found.", "AgentNotFound")
        return await self._copies.network(network_id, pod)
