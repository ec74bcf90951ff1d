"""Collection: the resources of one kind, as the network API lists, shows and accepts them."""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, Table, select, true

from models.database.store import Row, Store, Transaction, new_id
from models.database.tables.base import now
from models.errors import BadRequest, Forbidden, NotFound, Outdated
from models.network.collections.checks import check
from models.network.collections.listing import Filter, Page, Params, conditions, page, parse
from models.network.collections.shapes import text
from models.resource import REQUIRED, Attribute, Kind
from models.settings import Settings
from models.values import Caller

Body = Mapping[str, Any]
Shown = dict[str, Any]

_PROJECT = {"project_id", "tenant_id"}
_STANDARD = ("created_at", "updated_at", "revision_number")
_READ_ONLY = {"id", *_STANDARD}
_OTHER_PROJECT = (
    "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request "
    "requires admin or advsvc privileges"
)


class Quotas(Protocol):
    """How many objects a project may have, and by the settings how much there is of each."""

    settings: Settings

    async def guard(
        self, tx: Transaction, kind: Kind, project_id: str, *, number: int = 1
    ) -> None:
        """Return if the project may have so many more of the kind; ``OverQuota`` otherwise."""
        ...


class Collection:
    """Parsing, reading and showing of one kind; subclasses add what its members compute.

    ``first_revision`` is the revision number of a new object. Neutron shows times and revisions
    only of what is ``standard``. ``more_filters`` are list filters that are no columns.
    """

    first_revision = 1
    standard = True

    def __init__(self, kind: Kind, store: Store, quotas: Quotas) -> None:
        self.kind = kind
        self.store = store
        self._quotas = quotas
        self.table = kind.table
        self.attributes = kind.by_name
        self.more_filters: dict[str, Filter] = {}

    # What a client sends.

    def parse_create(self, body: Body, caller: Caller) -> Row:
        """Return a whole row from a create request: defaults filled in, id given.

        Attributes that are not stored are in it under their column names too. Neutron's own error
        for what is unknown, missing, of a wrong type or not the caller's to set.
        """
        row = self.blank(_project(body, caller))
        self._known(body, "Attribute '{}' not allowed in POST")
        named: list[Attribute] = []
        for attribute in self.kind.attributes:
            given = attribute.name in body
            if given and not attribute.post:
                if attribute.admin:
                    self._permit("create", attribute, caller)
                raise _bad(f"Attribute '{attribute.name}' not allowed in POST")
            if not given and attribute.default is REQUIRED:
                raise _bad(
                    f"Failed to parse request. Required attribute '{attribute.name}' not specified"
                )
            if given:
                value = self.checked(attribute, body[attribute.name], f"new {self.kind.member}")
                # What services set has no default for others to say.
                if value != attribute.default or attribute.service_sets:
                    named.append(attribute)
                row[attribute.column] = value
        # As in Neutron: what is wrong is told before what is not permitted.
        for attribute in named:
            self._permit("create", attribute, caller)
        return row

    def blank(self, project_id: str) -> Row:
        """Return a new row with nothing but defaults."""
        moment = now()
        return {
            **{a.column: copy.deepcopy(a.default) for a in self.kind.attributes},
            "id": new_id(),
            "project_id": project_id,
            "created_at": moment,
            "updated_at": moment,
            "revision_number": self.first_revision,
        }

    def parse_update(self, body: Body, caller: Caller, row: Row) -> Row:
        """Return what an update request changes, by column names; equal values are left out."""
        named = [_given_project(body, caller)] if _PROJECT & body.keys() else []
        self._known(body, "Cannot update read-only attribute {}")
        if named:
            # Neutron has both names then, and comes to this one first.
            raise _bad("Cannot update read-only attribute tenant_id")
        changes: Row = {}
        for name, attribute in self.attributes.items():
            if name not in body:
                continue
            if not attribute.put:
                raise _bad(f"Cannot update read-only attribute {name}")
            value = self.checked(attribute, body[name], row["id"])
            if attribute.stored and row[attribute.column] != value:
                changes[attribute.column] = value
        for name in body:
            if name in self.attributes:
                self._permit("update", self.attributes[name], caller)
        return changes

    def checked(self, attribute: Attribute, value: Any, whose: str) -> Any:
        """Return a client's value as it is stored; ``BadRequest`` that says whose it was to be."""
        return check(attribute, value, self.settings, whose)

    @property
    def settings(self) -> Settings:
        """How much there may be of what."""
        return self._quotas.settings

    def _known(self, body: Body, read_only: str) -> None:
        extra = [k for k in body if k not in self.attributes and k not in _PROJECT]
        for name in extra:
            if name in _READ_ONLY:
                raise _bad(read_only.format(name))
        if extra:
            raise _bad(f"Unrecognized attribute(s) '{', '.join(extra)}'")

    def _permit(self, verb: str, attribute: Attribute, caller: Caller) -> None:
        allowed = caller.admin or not (attribute.admin or attribute.admin_sets)
        if attribute.service_sets:
            allowed = caller.service
        if not allowed:
            raise denied(f"{verb}_{self.kind.member}", attribute.name)

    # What there is.

    async def visible(self, tx: Transaction, caller: Caller) -> ColumnElement[bool]:
        """Return in SQL which rows the caller may see: the project's own, an admin all."""
        return true() if caller.admin else self.table.c.project_id == caller.project_id

    async def get(self, caller: Caller, id_: str, tx: Transaction | None = None) -> Row:
        """Return the row if the caller may see it; ``NotFound`` otherwise."""
        if "\0" in id_:
            raise self.missing(id_)
        if tx is None:
            async with self.store.read() as tx:
                return await self.get(caller, id_, tx)
        row = await tx.one(await self._seen(tx, caller, id_))
        if row is None:
            raise self.missing(id_)
        return row

    async def held(self, tx: Transaction, caller: Caller, id_: str) -> Row:
        """Return the row as ``get``, held against every other writer until the transaction ends.

        Whoever changes the row, or writes what depends on it, reads it so. ``Outdated`` where the
        caller wants another revision of it.
        """
        row = await self._locked(tx, caller, id_)
        self._meet(caller, row)
        return row

    async def own(self, tx: Transaction, caller: Caller, id_: str, verb: str = "update") -> Row:
        """Return the row, held as by ``held``, if the caller may change it.

        ``NotFound`` if the caller may not see it, ``Forbidden`` if it is only shared.
        """
        row = await self._locked(tx, caller, id_)
        self.refuse_foreign(caller, row, f"{verb}_{self.kind.member}")
        self._meet(caller, row)
        return row

    async def _locked(self, tx: Transaction, caller: Caller, id_: str) -> Row:
        if "\0" in id_:
            raise self.missing(id_)
        row = await tx.locked(await self._seen(tx, caller, id_))
        if row is None:
            raise self.missing(id_)
        return row

    def _meet(self, caller: Caller, row: Row) -> None:
        """Refuse to change a row in another revision than the caller has seen."""
        wanted = caller.condition
        if wanted is None or (wanted.collection, wanted.id) != (self.kind.collection, row["id"]):
            return
        if not self.standard:
            raise BadRequest(
                f"Bad {self.kind.collection} request: Revision matching not supported for this "
                "resource.",
                "BadRequest",
            )
        if wanted.revision != row["revision_number"]:
            raise Outdated(wanted.revision, row["revision_number"])

    def refuse_foreign(self, caller: Caller, row: Row, rule: str) -> None:
        """Refuse by the policy rule what is another project's; an admin may change everything."""
        if not caller.admin and row["project_id"] != caller.project_id:
            raise denied(rule)

    async def _seen(self, tx: Transaction, caller: Caller, id_: str) -> Select[Any]:
        visible = await self.visible(tx, caller)
        return select(self.table).where(self.table.c.id == id_, visible)

    def missing(self, id_: str) -> NotFound:
        """Return the error that says there is no such object."""
        noun = self.kind.noun or self.kind.member.capitalize()
        verb = (
            "does not exist" if self.kind.member.startswith("security") else "could not be found"
        )
        # Neutron ends these two without a full stop.
        end = "" if self.kind.member in ("router", "floatingip") else "."
        return NotFound(f"{noun} {id_} {verb}{end}", self.kind.not_found)

    def filters(self, caller: Caller) -> Mapping[str, Filter]:
        """Return the list filters that are no columns."""
        return self.more_filters

    async def list(self, caller: Caller, params: Params) -> Page:
        """Return the page of objects, as shown, that the query string asks for."""
        more_filters = self.filters(caller)
        query = parse(self.kind, params, more_filters)
        async with self.store.read() as tx:
            mine = await self.visible(tx, caller)
            filters = conditions(self.kind, self.table, query, more_filters)
            marker = None
            if query.marker and query.limit:
                marker = await self.get(caller, query.marker, tx)
            rows = await tx.all(page(self.table, mine, filters, query, marker))
            await self.decorate(tx, rows)
        if query.reverse:
            rows.reverse()
        items = [_only(self.view(row, caller), query.fields) for row in rows]
        edges = (rows[0]["id"], rows[-1]["id"]) if rows else ("", "")
        return Page(items, query.limit, query.reverse, *edges)

    async def show(self, caller: Caller, id_: str, fields: Sequence[str] = ()) -> Shown:
        """Return one object as shown; ``NotFound`` if the caller may not see it."""
        async with self.store.read() as tx:
            row = await self.get(caller, id_, tx)
            await self.decorate(tx, [row])
        return _only(self.view(row, caller), tuple(fields))

    async def shown(self, caller: Caller, row: Row, tx: Transaction | None = None) -> Shown:
        """Return a row that was just written as its answer shows it."""
        if tx is None:
            async with self.store.read() as tx:
                return await self.shown(caller, row, tx)
        await self.decorate(tx, [row])
        return self.view(row, caller)

    async def decorate(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Put what is computed into the rows, under the attributes' column names."""

    def view(self, row: Row, caller: Caller) -> Shown:
        """Return the row as Neutron shows it to the caller."""
        shown: Shown = {"id": row["id"]}
        for name, attribute in self.attributes.items():
            if attribute.admin and not caller.admin:
                continue
            value = row.get(attribute.column)
            if value is None and isinstance(attribute.default, list | dict):
                value = copy.copy(attribute.default)
            elif value is None and not attribute.stored:
                value = attribute.default
            shown[name] = value
        shown["project_id"] = shown["tenant_id"] = row["project_id"]
        if self.standard:
            shown["created_at"] = _stamp(row["created_at"])
            shown["updated_at"] = _stamp(row["updated_at"])
            shown["revision_number"] = row["revision_number"]
        return shown

    # What changes.

    async def permit(self, caller: Caller, bodies: Sequence[Body]) -> None:
        """Return if every project may have so many more; ``OverQuota`` otherwise."""
        owners = Counter(
            str(body.get("project_id") or body.get("tenant_id") or caller.project_id)
            for body in bodies
        )
        async with self.store.write() as tx:
            for project_id, number in sorted(owners.items()):
                await self._quotas.guard(tx, self.kind, project_id, number=number)

    async def insert(self, tx: Transaction, row: Row) -> Row:
        """Insert the row's stored part and return it; ``OverQuota`` where it is one too many."""
        await self._quotas.guard(tx, self.kind, row["project_id"])
        stored = {c.name: row[c.name] for c in self.table.c if c.name in row}
        await tx.insert(self.table, stored)
        return row

    async def change(self, tx: Transaction, row: Row, changes: Row) -> Row:
        """Write the changes as one more revision and return the row as it is then."""
        return await revise(tx, self.table, row, changes)


async def revise(
    tx: Transaction, table: Table, row: Row, changes: Row, *, counted: bool = True
) -> Row:
    """Write the changes of a row that is held; return it as it is then.

    It is one more revision, unless the change is one that Neutron does not count.
    """
    stored = {name: value for name, value in changes.items() if name in table.c}
    stored["updated_at"] = now()
    revision = table.c.revision_number + int(counted)
    mine = table.update().where(table.c.id == row["id"])
    written = mine.values(**stored, revision_number=revision).returning(table.c.revision_number)
    return {**row, **changes, **stored, "revision_number": await tx.value(written)}


async def revise_parents(tx: Transaction, table: Table, *ids: str) -> None:
    """Count one more revision of each of the objects: what belongs to them has changed.

    They are to be held, in an order that is the same everywhere.
    """
    revision = table.c.revision_number + 1
    await tx.run(table.update().where(table.c.id.in_(ids)).values(revision_number=revision))


def _project(body: Body, caller: Caller) -> str:
    """Return whose the new object is: the project named, be it the empty one, or the caller's."""
    if not _PROJECT & body.keys():
        return caller.project_id
    try:
        return text(_given_project(body, caller), 64)
    except ValueError as error:
        raise _bad(f"Invalid input for tenant_id. Reason: {error}.") from None


def _given_project(body: Body, caller: Caller) -> Any:
    """Return the project that the body names; refused to whom it is not to name."""
    given = [body[name] for name in sorted(_PROJECT & body.keys())]
    if any(one != given[0] for one in given):
        raise _bad("'project_id' and 'tenant_id' do not match")
    if given[0] != caller.project_id and not caller.admin:
        raise _bad(_OTHER_PROJECT)
    return given[0]


def denied(rule: str, attribute: str = "") -> Forbidden:
    """Return Neutron's refusal of what a policy rule leaves to others."""
    which = f"(rule:{rule} and rule:{rule}:{attribute})" if attribute else f"rule:{rule}"
    return Forbidden(f"{which} is disallowed by policy")


def _bad(message: str) -> BadRequest:
    return BadRequest(message, "HTTPBadRequest")


def _only(shown: Shown, fields: tuple[str, ...]) -> Shown:
    return {k: v for k, v in shown.items() if k in fields} if fields else shown


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
