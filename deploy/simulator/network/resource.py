"""What all Neutron resources do alike: list, show, create, update, delete and who may."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from deploy.simulator.http import Json, Request, Response, empty, reply
from deploy.simulator.identity.state import Token
from deploy.simulator.network import query
from deploy.simulator.network.attributes import Attrs, read
from deploy.simulator.network.errors import conflict, forbidden, malformed, missing
from deploy.simulator.network.state import Row, State, touch

if TYPE_CHECKING:
    from deploy.simulator.network.service import NetworkService


class Resource:
    """One collection; a subclass says what its fields are and what is special about it."""

    name: ClassVar[str]
    plural: ClassVar[str]
    attributes: ClassVar[Attrs]
    admin_only_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, service: NetworkService) -> None:
        self.service = service
        self.state: State = service.state

    @property
    def rows(self) -> dict[str, Row]:
        """The rows of this kind by id."""
        return self.state.table(self.plural)

    # What a subclass fills in.

    def make(self, token: Token, values: Row) -> Row:
        """Create the object from checked values."""
        raise NotImplementedError

    def change(self, token: Token, row: Row, values: Row) -> None:
        """Apply checked values to an object."""
        row.update(values)

    def counts(self, before: Row, row: Row) -> bool:
        """Whether an update is a revision."""
        return row != before

    def remove(self, token: Token, row: Row) -> None:
        """Delete an object, or refuse to."""
        del self.rows[row["id"]]

    def visible(self, token: Token, row: Row) -> bool:
        """Whether the caller may know of the object."""
        return token.is_admin or row["project_id"] == token.project.id

    def decorate(self, row: Row) -> Row:
        """The object as an administrator sees it."""
        return row

    def created(self, row: Row) -> Row:
        """The object as the answer to its creation shows it."""
        return self.decorate(row)

    def changed(self, row: Row) -> Row:
        """What an update answers."""
        return self.decorate(row)

    # What HTTP asks for.

    def index(self, token: Token, request: Request) -> Response:
        """`GET /<plural>`."""
        self.before_list(token)
        wanted = query.filters(request, self.filterable)
        stored = query.select(self.candidates(wanted), wanted, stored=True)
        seen = [self.view(token, row) for row in stored if self.visible(token, row)]
        found = query.select(seen, wanted)
        found = query.order(found, request, self.filterable)
        part, links = query.page(found, request, self.plural)
        document: Json = {self.plural: [query.narrow(row, request) for row in part]}
        if links:
            document[f"{self.plural}_links"] = links
        return reply(document)

    def show(self, token: Token, request: Request) -> Response:
        """`GET /<plural>/<id>`."""
        row = self.get(token, request.params["id"])
        return reply({self.name: query.narrow(self.view(token, row), request)})

    def create(self, token: Token, request: Request) -> Response:
        """`POST /<plural>`, of one object or, all or none, of several."""
        self._may_write(token, "create")
        document = request.json()
        several = document.get(self.plural) if isinstance(document, dict) else None
        if not isinstance(several, list):
            row = self._create(token, self.given(request))
            return reply({self.name: self.shown(token, row, self.created(row))}, 201)
        made: list[Row] = []
        try:
            for given in several:
                made.append(self._create(token, self._one_of_several(given)))
        except Exception:
            for row in made:
                self.remove(token, row)
            raise
        return reply(
            {self.plural: [self.shown(token, row, self.created(row)) for row in made]}, 201
        )

    def _one_of_several(self, item: Any) -> Json:
        inner = item.get(self.name, item) if isinstance(item, dict) else None
        if not isinstance(inner, dict):
            raise malformed("Invalid data: an item of the list is no object")
        return inner

    def _create(self, token: Token, given: Json) -> Row:
        values = read(self.attributes, given, token, resource=self.name, creating=True)
        self.within_quota(values["project_id"])
        return self.make(token, values)

    def within_quota(self, project_id: str, more: int = 1) -> None:
        """Only limits that were set are enforced: a benchmark needs more than the defaults."""
        limit = self.state.quotas.get(project_id, {}).get(self.name, -1)
        used = (
            sum(row["project_id"] == project_id for row in self.rows.values()) if limit >= 0 else 0
        )
        if 0 <= limit < used + more:
            raise conflict("OverQuota", f"Quota exceeded for resources: ['{self.name}'].")

    def update(self, token: Token, request: Request) -> Response:
        """`PUT /<plural>/<id>`."""
        given = self.given(request)
        row = self.changeable(token, request.params["id"], "update")
        values = read(self.attributes, given, token, resource=self.name, creating=False)
        before = copy.deepcopy(row)
        self.change(token, row, values)
        if self.counts(before, row):
            touch(row)
        return reply({self.name: self.shown(token, row, self.changed(row))})

    def delete(self, token: Token, request: Request) -> Response:
        """`DELETE /<plural>/<id>`."""
        self.remove(token, self.changeable(token, request.params["id"], "delete"))
        return empty()

    # Helpers.

    def candidates(self, wanted: query.Filters) -> Iterable[Row]:
        """The rows a list has to look at: few, when an index can tell."""
        if "id" in wanted:
            return [self.rows[row_id] for row_id in wanted["id"] if row_id in self.rows]
        return self.rows.values()

    def before_list(self, token: Token) -> None:
        """A hook for what listing creates as a side effect."""

    def get(self, token: Token, wanted: str) -> Row:
        """The object, if the caller may know of it."""
        row = self.rows.get(wanted)
        if row is None or not self.visible(token, row):
            raise missing(self.name, wanted)
        return row

    def view(self, token: Token, row: Row) -> Row:
        """The object as the caller may see it."""
        return self.shown(token, row, self.decorate(row))

    def shown(self, token: Token, row: Row, full: Row) -> Row:
        """The full form without what only an administrator may see."""
        shown = {**full, "tenant_id": row["project_id"]}
        if not token.is_admin:
            for field in self.admin_only_fields:
                shown.pop(field, None)
        return shown

    @property
    def filterable(self) -> set[str]:
        """The fields a list may be filtered by."""
        return {
            "id",
            "project_id",
            "status",
            "revision_number",
            "created_at",
            "updated_at",
            *self.attributes,
        }

    def given(self, request: Request) -> Json:
        """The object in the body's envelope."""
        document = request.json()
        given = document.get(self.name) if isinstance(document, dict) else None
        if not isinstance(given, dict):
            raise malformed(f"Unable to find '{self.name}' in request body")
        return given

    def _may_write(self, token: Token, verb: str) -> None:
        if not token.may_write:
            raise forbidden(f"{verb}_{self.name}")

    def changeable(self, token: Token, wanted: str, verb: str) -> Row:
        """The object, if the caller may change it; otherwise the refusal Neutron gives."""
        row = self.get(token, wanted)
        if not token.may_write or not (token.is_admin or row["project_id"] == token.project.id):
            raise forbidden(f"{verb}_{self.name}")
        return row
