"""Places: which pod a new object goes to, given what it has to be near to."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from models.cache import Cache
from models.database.store import Transaction, new_id
from models.database.tables.pod import bindings
from models.database.tables.routing import routings
from models.errors import BadRequest, NotFound
from models.placement import SERVERS, Placement
from models.pods import PodDirectory
from models.routings import Routings
from models.values import Caller, Pod

_KEPT = 50_000
# What is there already, as messages name it, with its pod.
Home = tuple[str, Pod]


class Places:
    """Placement under constraints, and the routing row that records its outcome."""

    def __init__(self, placement: Placement, pods: PodDirectory, rows: Routings) -> None:
        self._placement = placement
        self._pods = pods
        self._routings = rows
        self._homes: Cache[tuple[str, str], tuple[str, str]] = Cache(_KEPT)

    async def home(self, type_: str, id_: str) -> tuple[Pod, str] | None:
        """Return the pod and the project of an object that never moves; None: unknown.

        Kept without end: its id is never given again, and once it is gone its pod says so.
        """
        known = self._homes.get((type_, id_))
        if known is None:
            row = await self._routings.where_is(type_, id_)
            if row is None:
                return None
            known = self._homes[type_, id_] = (row["pod_id"], row["project_id"])
        return await self._pods.get(known[0]), known[1]

    async def pod_of(self, caller: Caller, type_: str, id_: str) -> Pod | None:
        """Return the pod of the caller's object; None also for a stranger's."""
        for _ in range(2):
            home = await self.home(type_, id_)
            if home is None:
                return None
            if home[1] == caller.project_id or caller.admin:
                return home[0]
            # What is kept may be old: volumes are given to other projects.
            self._homes.pop((type_, id_), None)
        return None

    async def of(self, caller: Caller, type_: str, id_: str) -> Home:
        """Return what the caller's object is called in messages, and its pod; ``NotFound``."""
        pod = await self.pod_of(caller, type_, id_)
        if pod is None:
            raise NotFound(f"{type_.capitalize()} {id_} could not be found.")
        return f"{type_} {id_}", pod

    async def candidates(
        self, caller: Caller, zone: str, homes: Iterable[Home], needs: Sequence[str] = SERVERS
    ) -> list[Pod]:
        """Return the pods for an object that has to be where all the homes are, best first.

        ``BadRequest`` naming both zones when they are not in one pod, or not in the zone asked.
        """
        homes = list(homes)
        if zone:
            await self._placement.candidates(caller.project_id, zone, needs)
        for what, pod in homes:
            if zone and pod.az_name != zone:
                raise BadRequest(
                    f"The availability zone asked for is {zone}, but {what} is in "
                    f"{pod.az_name} (pod {pod.pod_name})."
                )
            first, home = homes[0]
            if pod != home:
                raise BadRequest(
                    f"{first} is in availability zone {home.az_name} (pod {home.pod_name}), "
                    f"but {what} is in {pod.az_name} (pod {pod.pod_name}): they cannot be used "
                    "together."
                )
        pods = await self._placement.candidates(caller.project_id, zone, needs)
        if not homes:
            return pods
        home = homes[0][1]
        if not await self._pods.among([home], *needs):
            raise BadRequest(
                f"Pod {home.pod_name} of availability zone {home.az_name}, where {homes[0][0]} "
                f"is, has not the services {' and '.join(needs)}."
            )
        if home not in pods:
            raise BadRequest(
                f"Pod {home.pod_name} of availability zone {home.az_name}, where {homes[0][0]} "
                f"is, takes no new objects: it is {home.state}."
            )
        return [home]

    def willing(self, pods: list[Pod]) -> list[Pod]:
        """Return the pods with those last that were lately full or silent."""
        return self._placement.willing(pods)

    async def record(
        self,
        tx: Transaction,
        type_: str,
        id_: str,
        pod: Pod,
        project_id: str,
        owner_id: str = "",
    ) -> None:
        """Write routing and binding of an object that a pod has just made.

        ``owner_id``: the object that takes this one with it when it goes (a snapshot's volume).
        """
        at = datetime.now(UTC).replace(tzinfo=None)
        row = {
            "type": type_,
            "top_id": id_,
            "pod_id": pod.pod_id,
            "bottom_id": id_,
            "project_id": project_id,
            "owner_id": owner_id,
            # To the microsecond: merged lists are ordered by it.
            "created_at": at,
        }
        await tx.insert_new(routings, row)
        why = self._placement.why(project_id, pod)
        binding = {
            "id": new_id(),
            "tenant_id": project_id,
            "pod_id": pod.pod_id,
            "reason": f"{type_} {id_}" + (f" ({why})" if why else ""),
            # The earliest counts, where a project is bound to several.
            "created_at": at,
        }
        await tx.insert_new(bindings, binding)
