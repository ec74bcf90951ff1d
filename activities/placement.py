"""Placement: which pod gets a new object, and why."""

from datetime import datetime

from sqlalchemy import func, select

from activities.admin.pods import PodDirectory
from activities.store import Store, new_id
from models.errors import BadRequest, PodUnavailable
from models.tables.pod import bindings
from models.values import Pod


class Placement:
    """Picks pods by availability zone and by the tenant's bindings, and records the bindings."""

    def __init__(self, store: Store, pods: PodDirectory) -> None:
        self._store = store
        self._pods = pods

    async def candidates(self, project_id: str, zone: str = "") -> list[Pod]:
        """Return the active pods of the zone (or of all), best first.

        Pods the project is bound to come first, the one bound earliest before the others: what the
        project makes without a zone stays together. Then those with the fewest bound projects.
        ``BadRequest`` for a zone that does not exist, ``PodUnavailable`` when nothing is active.
        """
        pods = await (self._pods.in_zone(zone) if zone else self._pods.all())
        if zone and not pods:
            raise BadRequest("The requested availability zone is not available")
        active = [pod for pod in pods if pod.state == "active"]
        if not active:
            raise PodUnavailable(zone or "(any)", "no active pod takes new objects there")
        counted = select(bindings.c.pod_id, func.count().label("tenants"))
        async with self._store.read() as tx:
            counts = await tx.all(counted.group_by(bindings.c.pod_id))
            tenants = {row["pod_id"]: row["tenants"] for row in counts}
            bound = select(bindings.c.pod_id, bindings.c.created_at).where(
                bindings.c.tenant_id == project_id
            )
            mine = {row["pod_id"]: row["created_at"] for row in await tx.all(bound)}

        def order(pod: Pod) -> tuple[bool, datetime, int, str]:
            since = mine.get(pod.pod_id)
            unbound = since is None
            return (
                unbound,
                since or datetime.max,
                tenants.get(pod.pod_id, 0) if unbound else 0,
                pod.pod_name,
            )

        return sorted(active, key=order)

    async def bind(self, project_id: str, pod: Pod) -> None:
        """Record that the project has objects in the pod."""
        row = {"id": new_id(), "tenant_id": project_id, "pod_id": pod.pod_id}
        async with self._store.write() as tx:
            await tx.insert_new(bindings, row)
