"""SecurityMaker: makes and removes the copy of one security group in one pod."""

from contextlib import AbstractAsyncContextManager

from activities.copies import Copies, CopyKind
from activities.network.address_groups import AddressGroupCopies, MemberCopies
from activities.network.security_groups.calls import SecurityCalls
from activities.pods.region import Regions
from activities.pods.together import all_of
from models.database.store import Row, Store
from models.database.tables.network import SecurityGroup
from models.errors import NotFound, PodBusy, PodFault
from models.network.security_groups import state
from models.network.security_groups.state import GROUP
from models.pods import PodDirectory
from models.routings import Made, Routings
from models.values import Pod

_PATH = "/security-groups"
_ROUNDS = 10


class _Groups(CopyKind):
    """A row tells what is ``desired``; when its copy is made it gets the copy's ``rules``.

    Names and rules are set, and remembered, by ``SecurityMaker``.
    """

    type = GROUP
    remembered = False

    def __init__(self, store: Store, calls: SecurityCalls) -> None:
        self._store = store
        self._calls = calls

    def project(self, row: Row) -> str:
        return str(row["project_id"])

    async def row(self, id_: str) -> Row | None:
        async with self._store.read() as tx:
            return await tx.one(SecurityGroup.select().where(SecurityGroup.id == id_))

    async def find(self, row: Row, pod: Pod) -> str | None:
        return await self._calls.find(pod, _PATH, GROUP, row["id"])

    async def create(self, row: Row, pod: Pod) -> Made:
        bottom, row["rules"] = await self._calls.create_group(pod, row["desired"])
        return Made(bottom, None)

    async def delete(self, copy: Row, pod: Pod) -> None:
        found = copy["bottom_id"] or await self.find({"id": copy["top_id"]}, pod)
        if found:
            await self._calls.delete(pod, f"{_PATH}/{found}")


class SecurityMaker:
    """Level-triggered: each method reads what is desired and makes it so."""

    def __init__(
        self,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        routings: Routings,
        named: AddressGroupCopies,
        members: MemberCopies,
    ) -> None:
        self._store = store
        self._named = named
        self._members = members
        self._routings = routings
        self._calls = SecurityCalls(regions)
        self._copies = Copies(routings, pods, _Groups(store, self._calls))

    async def wanted(self, sg_id: str, pod: Pod) -> state.Wanted:
        """Return what the copy should be; ``NotFound`` for a group that is gone."""
        async with self._store.read() as tx:
            wanted = await state.wanted(tx, sg_id, pod)
        if wanted is None:
            raise NotFound(f"Security group {sg_id} does not exist", "SecurityGroupNotFound")
        return wanted

    async def ready(self, wanted: state.Wanted, pod: Pod) -> str | None:
        """Return the id of the copy if all that is wanted is known to be applied."""
        row = await self._routings.row(GROUP, wanted.group["id"], pod)
        if row is None or not row["bottom_id"] or row["applied"] != wanted.fingerprint:
            return None
        if not await self._members.current(wanted.elsewhere, pod):
            return None
        return str(row["bottom_id"]) if await self._named.current(wanted.named, pod) else None

    async def apply(self, sg_id: str, pod: Pod) -> str:
        """Make the copy what it should be, whatever it is now; return its id."""
        for _ in range(_ROUNDS):
            done = await self._apply(sg_id, pod)
            if done:
                return done
        raise PodBusy(f"The rules of security group {sg_id} keep changing")

    async def _apply(self, sg_id: str, pod: Pod) -> str | None:
        """Make the copy; None when what its rules refer to changed under way."""
        wanted = await self.wanted(sg_id, pod)
        # What the rules refer to comes first and outside this group's lease: two groups may admit
        # each other.
        remotes = sorted(wanted.remotes - {sg_id})
        copies = await all_of(*(self._shell(remote, pod) for remote in remotes))
        inside = dict(zip(remotes, copies, strict=True))
        elsewhere = sorted(wanted.elsewhere)
        address_groups = await all_of(*(self._members.make(remote, pod) for remote in elsewhere))
        outside = dict(zip(elsewhere, address_groups, strict=True))
        named = sorted(wanted.named)
        made = await all_of(*(self._named.make(id_, pod) for id_ in named))
        outside |= dict(zip(named, made, strict=True))
        async with self._held(sg_id, pod):
            # Read again: of several at once, the last to hold the lease applies the newest state.
            wanted = await self.wanted(sg_id, pod)
            if (
                wanted.remotes - {sg_id} - inside.keys()
                or wanted.elsewhere.keys() - outside.keys()
                or wanted.named.keys() - outside.keys()
            ):
                return None
            bottom, given = await self._group(wanted, pod)
            inside[sg_id] = bottom
            if given is None:
                given = await self._calls.rules(pod, f"security_group_id={bottom}")
                await self._rename(wanted, bottom, pod)
            bodies = wanted.bodies(inside, outside)
            await self._calls.set_rules(pod, bottom, wanted.group, bodies, given)
            await self._routings.update(GROUP, sg_id, pod, applied=wanted.fingerprint)
            return bottom

    async def remove(self, sg_id: str, pod: Pod) -> bool:
        """Remove a copy that nothing needs; False when the pod still has it in use."""
        async with self._held(sg_id, pod):
            # Marked before it is judged: a port written from now on waits for this lease instead
            # of trusting a copy that is about to go; one written before is seen below.
            await self._routings.update(GROUP, sg_id, pod, applied=None)
            if await self._use(sg_id, pod) is not state.Use.NONE:
                return True
            try:
                await self._copies.remove_in(sg_id, pod)
            except PodFault as fault:
                if fault.status != 409:
                    raise
                return False
        return True

    async def _shell(self, sg_id: str, pod: Pod) -> str:
        """Return the id of a remote group's copy; its rules matter only to a port that uses it."""
        row = await self._routings.row(GROUP, sg_id, pod)
        if row and row["bottom_id"] and row["applied"] is not None:
            return str(row["bottom_id"])
        async with self._held(sg_id, pod):
            bottom, _ = await self._group(await self.wanted(sg_id, pod), pod)
            row = await self._routings.row(GROUP, sg_id, pod)
            if row and row["applied"] is None:
                await self._routings.update(GROUP, sg_id, pod, applied={})
            return bottom

    async def _group(self, wanted: state.Wanted, pod: Pod) -> tuple[str, list[Row] | None]:
        """Return the id of the copy, and of one just made the rules that Neutron gave it."""
        row: Row = dict(wanted.group) | {"desired": wanted, "rules": None}
        return await self._copies.materialise(row, pod), row["rules"]

    async def _rename(self, wanted: state.Wanted, bottom: str, pod: Pod) -> None:
        row = await self._routings.row(GROUP, wanted.group["id"], pod)
        known = (row["applied"] if row else None) or {}
        if any(known.get(name) != wanted.fingerprint[name] for name in ("name", "stateful")):
            await self._calls.update_group(pod, bottom, wanted)

    async def _use(self, sg_id: str, pod: Pod) -> state.Use:
        async with self._store.read() as tx:
            return await state.use(tx, sg_id, pod)

    def _held(self, sg_id: str, pod: Pod) -> AbstractAsyncContextManager[None]:
        return self._store.hold(f"security_group_rules/{sg_id}/{pod.pod_id}")
