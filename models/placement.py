"""Placement: which pod gets a new object, and why."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select

from models.cache import Cache
from models.database.store import Store, new_id
from models.database.tables.pod import Binding, bindings
from models.errors import BadRequest, PodUnavailable
from models.pods import PodDirectory
from models.values import Pod, PodState

LOG = logging.getLogger(__name__)
# What a pod needs to have for a server.
SERVERS = ("compute", "network")
# How long a pod that was full or silent comes after the others of its zone.
_TROUBLED_SECONDS = 60.0
_KEPT = 10_000


class Health(Protocol):
    """What is known of a service of a pod; ``reason``: why it is not asked, or ''."""

    @property
    def reason(self) -> str:
        """Why it is not asked."""


class Gates(Protocol):
    """Who knows which services of pods answer."""

    def health(self, region: str, service: str, /) -> Health:
        """Return what is known of one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A pod as placement sees it: ``rank`` 1 is tried first, 0 never; ``reasons`` say why.

    ``lacks``: it has not all the services that are needed.
    """

    pod: Pod
    rank: int
    reasons: tuple[str, ...]
    lacks: bool = False


class Placement:
    """Picks pods by availability zone and by the tenant's bindings, and records the bindings."""

    def __init__(self, store: Store, pods: PodDirectory, gates: Gates) -> None:
        self._store = store
        self._pods = pods
        self._gates = gates
        self._troubles: dict[str, tuple[float, str]] = {}
        self._why: Cache[tuple[str, str], str] = Cache(_KEPT)

    async def candidates(
        self, project_id: str, zone: str = "", needs: Sequence[str] = SERVERS
    ) -> list[Pod]:
        """Return the active pods of the zone (or of all) with the services, best first.

        Pods the project is bound to come first, the one bound earliest before the others: what the
        project makes without a zone stays together. Then those with the fewest bound projects.
        ``BadRequest`` for a zone that is none of such pods, ``PodUnavailable`` when nothing is
        active.
        """
        choices = await self.explain(project_id, zone, whatever=True, needs=needs)
        if zone and all(choice.lacks for choice in choices):
            raise BadRequest("The requested availability zone is not available")
        active = [choice for choice in choices if choice.rank]
        if not active:
            raise PodUnavailable(zone or "(any)", "no active pod takes new objects there")
        for choice in active:
            self._why[project_id, choice.pod.pod_id] = ", ".join(choice.reasons)
        return [choice.pod for choice in active]

    def willing(self, pods: list[Pod]) -> list[Pod]:
        """Return the pods with those last that were lately full or silent."""
        return sorted(pods, key=lambda pod: bool(self.trouble(pod)))

    async def explain(
        self,
        project_id: str,
        zone: str = "",
        *,
        whatever: bool = False,
        needs: Sequence[str] = SERVERS,
    ) -> list[Choice]:
        """Return every pod of the zone (or of all): the candidates by rank, then the others.

        Servers go to troubled pods last. Volumes stay with the project's other things ``whatever``
        is the matter: in another pod no server of it could have them.
        """
        pods = await (self._pods.in_zone(zone) if zone else self._pods.all())
        counted = select(Binding.pod_id, func.count().label("tenants"))
        async with self._store.read() as tx:
            counts = await tx.all(counted.group_by(Binding.pod_id))
            tenants = {row["pod_id"]: row["tenants"] for row in counts}
            bound = select(Binding.pod_id, Binding.created_at).where(
                Binding.tenant_id == project_id
            )
            mine = {row["pod_id"]: row["created_at"] for row in await tx.all(bound)}

        def order(pod: Pod) -> tuple[bool, bool, datetime, int, str]:
            since = mine.get(pod.pod_id)
            unbound = since is None
            return (
                bool(self.trouble(pod)) and not whatever,
                unbound,
                since or datetime.max,
                tenants.get(pod.pod_id, 0) if unbound else 0,
                pod.pod_name,
            )

        def reasons(pod: Pod) -> tuple[str, ...]:
            since = mine.get(pod.pod_id)
            number = tenants.get(pod.pod_id, 0)
            said = (
                f"bound to the project since {since.isoformat()}Z"
                if since
                else f"not bound to the project, {number} other projects are bound"
            )
            trouble = self.trouble(pod)
            return (f"lately: {trouble}", said) if trouble else (said,)

        able = await self._pods.among(pods, *needs)
        active = sorted((pod for pod in able if pod.state == PodState.ACTIVE), key=order)
        others = [pod for pod in able if pod.state != PodState.ACTIVE]
        unable = [pod for pod in pods if pod not in able] if len(able) < len(pods) else []
        wanted = " and ".join(needs)
        return [
            *(Choice(pod, rank, reasons(pod)) for rank, pod in enumerate(active, 1)),
            *(Choice(pod, 0, (f"it is {pod.state}: nothing new goes there",)) for pod in others),
            *(Choice(pod, 0, (f"it has not the services {wanted}",), True) for pod in unable),
        ]

    def why(self, project_id: str, pod: Pod) -> str:
        """Return why the pod was last a candidate for the project, or '' when it was not."""
        return self._why.get((project_id, pod.pod_id), "")

    def note(self, pod: Pod, trouble: str) -> None:
        """Let the pod come after the others for a while; known to this process only."""
        if not self.trouble(pod):
            LOG.warning("Pod %s comes last for a while: %s", pod.pod_name, trouble)
        self._troubles[pod.pod_id] = (time.monotonic() + _TROUBLED_SECONDS, trouble)

    def trouble(self, pod: Pod) -> str:
        """Return what was lately wrong with the pod, or still is, or ''."""
        for service in SERVERS:
            if silent := self._gates.health(pod.pod_name, service).reason:
                return f"{service}: {silent}"
        until, trouble = self._troubles.get(pod.pod_id, (0.0, ""))
        return trouble if until > time.monotonic() else ""

    async def bind(self, project_id: str, pod: Pod) -> None:
        """Record that the project has objects in the pod."""
        row = {"id": new_id(), "tenant_id": project_id, "pod_id": pod.pod_id}
        async with self._store.write() as tx:
            await tx.insert_new(bindings, row)
