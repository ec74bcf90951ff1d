"""NetworkQuotas: how many objects of each kind a project may have, kept at the top."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from sqlalchemy import select

from models import work
from models.database.store import Store, Transaction
from models.database.tables.quota import QuotaLimit, quota_limits
from models.errors import BadRequest, GatewayError, NotFound, OverQuota
from models.network.collections.checks import LARGEST
from models.network.usage import used, used_of
from models.operations import Operations
from models.resource import Kind
from models.resources.network import NETWORK
from models.settings import Settings
from models.values import Caller

UNLIMITED = -1
_SERVICE = "network"
# Neutron limits these not.
_UNLIMITED = {"address_scope", "address_group"}
RESOURCES = [kind.member for kind in NETWORK if kind.member not in _UNLIMITED]
# So far from the limit nobody need be kept from counting at the same time.
_NEAR = 32


class QuotaCopies(Protocol):
    """The limits in the pods; ``activities.network.quotas``."""

    async def converge(self, project_id: str) -> None:
        """Bring the project's limits into every pod."""
        ...


class NetworkQuotas:
    """Limits of projects, and the guard that keeps them."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        operations: Operations,
        copies: QuotaCopies,
    ) -> None:
        self.settings = settings
        self._store = store
        self._operations = operations
        self._copies = copies
        self._defaults = dict.fromkeys(RESOURCES, UNLIMITED) | _parsed(settings.network_quotas)

    def defaults(self) -> dict[str, int]:
        """Return the limits of a project for which none were set."""
        return dict(self._defaults)

    async def limits(self, project_id: str) -> dict[str, int]:
        """Return the limits of a project."""
        async with self._store.read() as tx:
            return self._defaults | await own_limits(tx, project_id)

    async def details(self, project_id: str) -> dict[str, dict[str, int]]:
        """Return the limits of a project beside what it uses."""
        limits, counts = await self.limits(project_id), await used(self._store, project_id)
        return {
            name: {"limit": limits[name], "used": counts.get(name, 0), "reserved": 0}
            for name in limits
        }

    async def all(self) -> list[dict[str, Any]]:
        """Return the limits of every project for which some were set."""
        mine = QuotaLimit.service == _SERVICE
        projects = select(QuotaLimit.project_id).where(mine).distinct()
        async with self._store.read() as tx:
            ids = [row["project_id"] for row in await tx.all(projects)]
            return [
                {
                    **self._defaults,
                    **await own_limits(tx, id_),
                    "project_id": id_,
                    "tenant_id": id_,
                }
                for id_ in sorted(ids)
            ]

    async def update(
        self, caller: Caller, project_id: str, given: Mapping[str, Any]
    ) -> dict[str, int]:
        """Set limits, here and in the pods; 400 for one below what is used, unless forced."""
        wishes = dict(given)
        forced = wishes.pop("force", False) is True
        wishes.pop("check_limit", None)
        wanted = {name: _limit(name, value) for name, value in wishes.items()}
        if not forced:
            await self._refuse_below_use(project_id, wanted)
        async with self._store.write() as tx:
            for name, limit in wanted.items():
                row = {"service": _SERVICE, "project_id": project_id, "user_id": ""}
                row |= {"resource": name}
                if not await tx.insert_new(quota_limits, row | {"hard_limit": limit}):
                    where = [quota_limits.c[key] == value for key, value in row.items()]
                    await tx.run(quota_limits.update().where(*where).values(hard_limit=limit))
            operation = await self._later(tx, caller, project_id)
        await self._spread(project_id, operation)
        return await self.limits(project_id)

    async def delete(self, caller: Caller, project_id: str) -> None:
        """Forget what was set for the project; ``TenantQuotaNotFound`` if nothing was."""
        async with self._store.write() as tx:
            if not await tx.run(quota_limits.delete().where(*_mine(project_id))):
                raise NotFound(
                    f"Quota for project {project_id} could not be found.", "TenantQuotaNotFound"
                )
            operation = await self._later(tx, caller, project_id)
        await self._spread(project_id, operation)

    async def guard(
        self, tx: Transaction, kind: Kind, project_id: str, *, number: int = 1
    ) -> None:
        """Return if the project may have so many more; ``OverQuota`` otherwise.

        Near the limit the project's others wait until this transaction ends.
        """
        if kind.member not in self._defaults or not project_id:
            return
        own = await tx.value(
            select(QuotaLimit.hard_limit).where(
                *_mine(project_id), QuotaLimit.resource == kind.member
            )
        )
        limit = self._defaults[kind.member] if own is None else own
        if limit < 0:
            return
        count = await used_of(tx, kind, project_id)
        if limit - _NEAR <= count < limit:
            await self._hold(tx, project_id, kind.member, limit, own is None)
            count = await used_of(tx, kind, project_id)
        if count + number > limit:
            raise OverQuota(f"Quota exceeded for resources: ['{kind.member}'].")

    async def _hold(
        self, tx: Transaction, project_id: str, resource: str, limit: int, unset: bool
    ) -> None:
        """Keep the row of the limit until the transaction ends, made if it is a default."""
        row = {"service": _SERVICE, "project_id": project_id, "user_id": "", "resource": resource}
        if unset:
            # Held under a name that is no limit of anybody's.
            row |= {"service": f"{_SERVICE}-lock"}
            await tx.insert_new(quota_limits, row | {"hard_limit": limit})
        where = [quota_limits.c[key] == value for key, value in row.items()]
        await tx.locked(select(QuotaLimit.id).where(*where))

    async def _refuse_below_use(self, project_id: str, wanted: Mapping[str, int]) -> None:
        counts = await used(self._store, project_id)
        for name, limit in wanted.items():
            if 0 <= limit < counts.get(name, 0):
                raise BadRequest(
                    f"Quota limit {limit} for {name} must be greater than or equal to already "
                    f"used {counts[name]}",
                    "HTTPBadRequest",
                )

    async def _later(self, tx: Transaction, caller: Caller, project_id: str) -> str:
        return await self._operations.add(
            tx, work.UpdateCopies.NETWORK_QUOTA.on(project_id), caller=caller
        )

    async def _spread(self, project_id: str, operation: str) -> None:
        """Do it now, so that a raised limit holds when it is answered; and make sure of it."""
        # The operation repeats what fails, and tells.
        with suppress(GatewayError):
            await self._copies.converge(project_id)
        self._operations.announce(operation)


def _limit(name: str, value: Any) -> int:
    if name not in RESOURCES:
        raise BadRequest(f"Unrecognized attribute(s) '{name}'", "HTTPBadRequest")
    try:
        number = int(value) if not isinstance(value, bool) else LARGEST + 1
    except (TypeError, ValueError):
        raise BadRequest(
            f"Invalid input for {name}. Reason: '{value}' is not an integer.", "HTTPBadRequest"
        ) from None
    if not UNLIMITED <= number <= LARGEST:
        raise BadRequest(
            f"Invalid input for {name}. Reason: '{value}' is not in the range {UNLIMITED} to "
            f"{LARGEST}.",
            "HTTPBadRequest",
        )
    return number


async def own_limits(tx: Transaction, project_id: str) -> dict[str, int]:
    """Return the limits that were set for the project, by resource."""
    mine = select(QuotaLimit.resource, QuotaLimit.hard_limit)
    rows = await tx.all(mine.where(*_mine(project_id), QuotaLimit.resource.in_(RESOURCES)))
    return {row["resource"]: row["hard_limit"] for row in rows}


def _mine(project_id: str) -> tuple[Any, ...]:
    return (
        QuotaLimit.service == _SERVICE,
        QuotaLimit.project_id == project_id,
        QuotaLimit.user_id == "",
    )


def _parsed(defaults: str) -> dict[str, int]:
    pairs = (item.partition(":") for item in defaults.split(",") if item)
    return {name.strip(): int(limit) for name, _, limit in pairs}
