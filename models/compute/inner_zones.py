"""InnerZones: availability zones inside pods, which an admin's aggregates make of hosts.

Servers can be put into one. Networks and volumes are in the zone of its pod.
"""

import time

from sqlalchemy import select

from models.cache import Cache
from models.database.store import Store
from models.database.tables.compute import Aggregate, AggregateHost, aggregate_hosts
from models.pods import PodDirectory
from models.values import Pod

# Nova's name for the zone of hosts that no aggregate puts into another one.
DEFAULT = "nova"
_SECONDS = 5.0
_KEPT = 1000


class InnerZones:
    """The zones of aggregates with hosts, but for those that are made up of whole pods."""

    def __init__(self, store: Store, pods: PodDirectory) -> None:
        self._store = store
        self._pods = pods
        self._seen: Cache[tuple[str, str], tuple[bool, float]] = Cache(_KEPT)

    async def all(self) -> dict[str, list[Pod]]:
        """Return the zones with the pods that have hosts of them."""
        wanted = (
            select(Aggregate.availability_zone, AggregateHost.pod_id)
            .join(aggregate_hosts, AggregateHost.aggregate_id == Aggregate.id)
            .where(Aggregate.availability_zone.is_not(None))
            .distinct()
        )
        async with self._store.read() as tx:
            rows = [(row["availability_zone"], row["pod_id"]) for row in await tx.all(wanted)]
        if not rows:
            return {}
        pods = await self._pods.all()
        zones = {zone for zone, _ in rows} - {pod.az_name for pod in pods}
        return {
            zone: [pod for pod in pods if (zone, pod.pod_id) in rows] for zone in sorted(zones)
        }

    async def pods(self, zone: str) -> list[Pod]:
        """Return the pods that have hosts of a zone; none: it is no inner zone."""
        if await self._pods.in_zone(zone):
            return []
        return (await self.all()).get(zone, [])

    async def shown(self, pod: Pod, zone: str) -> str:
        """Return the zone that users know by what a pod says: an inner one, or the pod's."""
        if zone == pod.pod_az_name:
            return pod.az_name
        known = self._seen.get((pod.pod_id, zone))
        if known is None or known[1] < time.monotonic():
            known = (pod in await self.pods(zone), time.monotonic() + _SECONDS)
            self._seen[pod.pod_id, zone] = known
        return zone if known[0] else pod.az_name

    async def asked(self, pod: Pod, zone: str) -> str:
        """Return the zone to ask a pod for, when a user asks for one; empty: any of its zones."""
        if not zone or pod.pod_az_name:
            return zone if zone and zone != pod.az_name else pod.pod_az_name
        if zone != pod.az_name:
            return zone
        # Else its servers could get to hosts that are in an inner zone.
        inner = await self.all()
        return DEFAULT if any(pod in pods for pods in inner.values()) else ""
