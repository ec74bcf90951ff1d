"""Flavors: defined at the top by the admin; pods hold copies with the same id."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from models import work
from models.compute import checks
from models.compute.checks import no_marker
from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.compute import Flavor, flavors
from models.database.tables.routing import Routing
from models.errors import BadRequest, Conflict, NotFound
from models.numbers import digits
from models.operations import Operations
from models.pages import cut
from models.values import Caller

_EPHEMERAL = "OS-FLV-EXT-DATA:ephemeral"
_PUBLIC = "os-flavor-access:is_public"
_FIELDS = ("name", "ram", "vcpus", "disk", "id", "flavorid", "swap", "rxtx_factor")
_SORT_KEYS = {
    "flavorid": "id",
    "name": "name",
    "memory_mb": "ram",
    "root_gb": "disk",
    "vcpus": "vcpus",
    "ephemeral_gb": "ephemeral",
    "swap": "swap",
    "created_at": "created_at",
    "is_public": "is_public",
    "disabled": "disabled",
    "description": "description",
    "rxtx_factor": "rxtx_factor",
    # Nova's own number of a flavor, and what it has no use for any more: the order of making.
    "id": "created_at",
    "updated_at": "created_at",
    "vcpu_weight": "created_at",
}
# What the name of a copy ends with in a pod that has a flavor of that name itself.
_ASIDE = re.compile(r" trio2o-[\w.\- ]+$")
_ID = re.compile(r"^(?! )[a-zA-Z0-9. _-]+(?<! )$")


class Flavors:
    """The flavor rows."""

    def __init__(self, store: Store, operations: Operations) -> None:
        self._store = store
        self._operations = operations

    async def create(self, body: Mapping[str, Any], *, describable: bool) -> Row:
        """Write a flavor; ``Conflict`` when its name or id is taken."""
        row = _parsed(body, describable)
        async with self._store.write() as tx:
            await tx.alone("flavors")
            for column, word in ((Flavor.id, "ID"), (Flavor.name, "name")):
                wanted = row[column.name]
                if await tx.value(select(Flavor.id).where(column == wanted)) is not None:
                    raise Conflict(f"Flavor with {word} {wanted} already exists.")
            await tx.insert(flavors, row)
            return await self._row(tx, row["id"])

    async def get(self, caller: Caller, id_: str) -> Row:
        """Return a flavor the caller may see; ``NotFound``."""
        async with self._store.read() as tx:
            row = await self._row(tx, id_)
        if not (caller.admin or row["is_public"] or caller.project_id in row["access"]):
            raise _not_found(id_)
        return row

    async def list(self, caller: Caller, params: Sequence[tuple[str, str]]) -> list[Flavor]:
        """Return the flavors the caller may see and asked for, in order, at most one page."""
        asked = dict(params)
        async with self._store.read() as tx:
            rows = await tx.all(Flavor.select())
        public = _wanted(asked.get("is_public")) if caller.admin else True
        ram = _least(asked, "minRam")
        disk = _least(asked, "minDisk")
        rows = [
            row
            for row in rows
            if (public is None or row.is_public == public or caller.project_id in row.access)
            and (caller.admin or not row.disabled)
            and row.ram >= ram
            and row.disk >= disk
        ]
        key = asked.get("sort_key", "flavorid")
        way = asked.get("sort_dir", "asc")
        for name, value, known in (("key", key, _SORT_KEYS), ("dir", way, ("asc", "desc"))):
            if value not in known:
                raise BadRequest(
                    f"Invalid input for query parameters sort_{name}. Value: {value}. "
                    f"'{value}' is not one of {sorted(known)}"
                )
        column = _SORT_KEYS[key]
        rows.sort(
            key=lambda row: (
                (getattr(row, column) is not None, getattr(row, column) or 0, row.id)
                if column != "description"
                else (getattr(row, column) is not None, getattr(row, column) or "", row.id)
            ),
            reverse=way == "desc",
        )
        return _page(rows, asked)

    async def describe(self, id_: str, description: str | None) -> Row:
        """Set the description."""
        return await self._set(id_, {"description": description})

    async def delete(self, id_: str) -> None:
        """Delete a flavor; its copies in pods follow."""
        operation = ""
        async with self._store.write() as tx:
            await self._held(tx, id_)
            await tx.run(flavors.delete().where(Flavor.id == id_))
            copies = select(Routing.id).where(Routing.type == "flavor", Routing.top_id == id_)
            if await tx.one(copies):
                operation = await self._operations.add(tx, work.CleanUp.FLAVOR.on(id_))
        if operation:
            self._operations.announce(operation)

    async def set_specs(self, id_: str, specs: Mapping[str, str]) -> Row:
        """Add extra specs, or replace those of the same keys."""
        async with self._store.write() as tx:
            row = await self._held(tx, id_)
            return await self._write(tx, id_, {"extra_specs": row["extra_specs"] | dict(specs)})

    async def unset_spec(self, id_: str, key: str) -> None:
        """Remove one extra spec; ``NotFound`` when it is not there."""
        async with self._store.write() as tx:
            specs = (await self._held(tx, id_))["extra_specs"]
            if key not in specs:
                raise NotFound(f"Flavor {id_} has no extra specs with key {key}.")
            kept = {k: v for k, v in specs.items() if k != key}
            await self._write(tx, id_, {"extra_specs": kept})

    async def grant(self, id_: str, project_id: str) -> Row:
        """Let a project use a private flavor."""
        async with self._store.write() as tx:
            row = await self._held(tx, id_)
            if project_id in row["access"]:
                raise Conflict(
                    f"Flavor access already exists for flavor {id_} "
                    f"and project {project_id} combination."
                )
            return await self._write(tx, id_, {"access": [*row["access"], project_id]})

    async def revoke(self, id_: str, project_id: str) -> Row:
        """Take a project's access to a private flavor back."""
        async with self._store.write() as tx:
            row = await self._held(tx, id_)
            if project_id not in row["access"]:
                raise NotFound(f"Flavor access not found for {id_} / {project_id} combination.")
            kept = [project for project in row["access"] if project != project_id]
            return await self._write(tx, id_, {"access": kept})

    async def _set(self, id_: str, values: dict[str, Any]) -> Row:
        async with self._store.write() as tx:
            await self._held(tx, id_)
            return await self._write(tx, id_, values)

    async def _write(self, tx: Transaction, id_: str, values: dict[str, Any]) -> Row:
        await tx.run(flavors.update().where(Flavor.id == id_).values(**values))
        return await self._row(tx, id_)

    async def _row(self, tx: Transaction, id_: str) -> Row:
        row = await tx.one(Flavor.select().where(Flavor.id == id_))
        if row is None:
            raise _not_found(id_)
        return row

    async def _held(self, tx: Transaction, id_: str) -> Row:
        """Return the row that is to be changed, held until the transaction ends."""
        await tx.locked(select(Flavor.id).where(Flavor.id == id_))
        return await self._row(tx, id_)


def _parsed(body: Mapping[str, Any], describable: bool) -> Row:
    described = ("description",) if describable else ()
    checks.only(body, (*_FIELDS, _EPHEMERAL, _PUBLIC, *described), "flavor")
    factor = body.get("rxtx_factor", 1.0)
    try:
        rxtx = float(factor)
    except (TypeError, ValueError):
        raise checks.refuse("rxtx_factor", factor, "It is not a number") from None
    if not 0 < rxtx < 3.4e38:
        raise BadRequest("Invalid input received: 'rxtx_factor' argument must be greater than 0")
    wanted = body.get("id", body.get("flavorid"))
    if isinstance(wanted, bool) or not isinstance(wanted, str | int | float | None):
        raise checks.refuse("id", wanted, f"{wanted!r} is not of type 'string'")
    id_ = new_id() if wanted in (None, "auto") else checks.text(str(wanted), "id")
    if not _ID.match(str(wanted) if wanted is not None else id_):
        raise checks.refuse("id", wanted, f"{wanted!r} does not match {_ID.pattern!r}")
    description = body.get("description")
    if description is not None:
        description = checks.text(description, "description", least=0, most=65535)
    return {
        "id": id_,
        "name": checks.named(checks.required(body, "name", "flavor")),
        "ram": checks.integer(checks.required(body, "ram", "flavor"), "ram", least=1),
        "vcpus": checks.integer(checks.required(body, "vcpus", "flavor"), "vcpus", least=1),
        "disk": checks.integer(checks.required(body, "disk", "flavor"), "disk"),
        "ephemeral": checks.integer(body.get(_EPHEMERAL, 0), _EPHEMERAL),
        "swap": checks.integer(body.get("swap", 0), "swap"),
        "rxtx_factor": rxtx,
        "is_public": checks.boolean(body.get(_PUBLIC, True), _PUBLIC),
        "description": description,
    }


def _not_found(id_: str) -> NotFound:
    return NotFound(f"Flavor {id_} could not be found.", "FlavorNotFound")


def _wanted(text: str | None) -> bool | None:
    if text is None:
        return True
    if text.lower() == "none":
        return None
    try:
        return checks.boolean(text, "is_public")
    except BadRequest:
        raise BadRequest(f"Invalid is_public filter [{text}]") from None


def _least(asked: Mapping[str, str], name: str) -> int:
    value = asked.get(name, "0")
    if not value.isdecimal():
        raise BadRequest(f"Invalid {name} filter [{value}]")
    return digits(value)


def _page(rows: list[Flavor], asked: Mapping[str, str]) -> list[Flavor]:
    limit = asked.get("limit", "1000")
    if not limit.isdecimal():
        raise BadRequest(f"Invalid input for query parameters limit. Value: {limit}.")
    page, _ = cut(
        rows, asked.get("marker"), min(digits(limit), 1000), no_marker, key=lambda row: row.id
    )
    return page


def aside_name(row: Row) -> str:
    """Return the name for a copy where the pod has a flavor of that name itself."""
    suffix = f" trio2o-{row['id']}"
    return str(row["name"])[: 255 - len(suffix)] + suffix


def shown_name(name: str) -> str:
    """Return a flavor's name at the top, given that of its copy in a pod."""
    return _ASIDE.sub("", name)
