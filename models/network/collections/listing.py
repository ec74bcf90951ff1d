"""Listing: one page of a collection, filtered, sorted and cut by the database."""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    Table,
    and_,
    func,
    or_,
    select,
    union,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.sql.elements import BooleanClauseList

from models.errors import BadRequest
from models.network.collections.checks import LARGEST, integer, invalid_input
from models.network.collections.shapes import boolean
from models.numbers import digits
from models.resource import AttributeKind, Kind, Match

Params = Sequence[tuple[str, str]]
Filter = Callable[[list[str]], ColumnElement[bool]]

_PAGING = {"limit", "marker", "page_reverse", "sort_key", "sort_dir", "fields"}
_COMMON = ("id", "project_id", "created_at", "updated_at", "revision_number")
# Each is a condition of its own. No object has more tags, no port so many addresses.
_MOST_WORDS = 50
_TAGS = ("tags", "tags-any", "not-tags", "not-tags-any")


@dataclass(slots=True)
class Page:
    """What a list answers: the objects, and what the links around them need."""

    items: list[dict[str, Any]]
    limit: int = 0
    reverse: bool = False
    first: str = ""
    last: str = ""


@dataclass(slots=True)
class Query:
    """A list request, checked against what the collection can filter and sort by."""

    fields: tuple[str, ...] = ()
    limit: int = 0
    marker: str = ""
    reverse: bool = False
    sort: list[tuple[str, bool]] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)


def columns(kind: Kind) -> dict[str, str]:
    """Return the columns that can be filtered by, by the names clients use."""
    compared = [a for a in kind.attributes if a.stored and a.kind.match is not Match.NEVER]
    return {
        **{a.name: a.column for a in compared},
        **{name: name for name in _COMMON},
        "tenant_id": "project_id",
    }


def parse(kind: Kind, params: Params, more: Mapping[str, Filter]) -> Query:
    """Return the query; Neutron's 400 for what it cannot filter, sort or cut by."""
    given: dict[str, list[str]] = {}
    for key, value in params:
        if "\0" in value:
            raise invalid_input(f"{key} '{value}' is not a valid string")
        given.setdefault(key, []).append(value)
    known = columns(kind)
    tags = _TAGS if "tags" in known else ()
    allowed = {*known, *tags, *more, "changed_since"} - _PAGING
    filters = {key: values for key, values in given.items() if key not in _PAGING}
    lists = {a.name for a in kind.attributes if a.kind.match is not Match.EQUAL}
    equal = known.keys() - lists
    wrong = [key for key in filters if key not in allowed]
    if wrong:
        raise BadRequest(f"{wrong} is invalid attribute for filtering", "HTTPBadRequest")
    for key, values in filters.items():
        if key in equal:
            continue
        number = sum(value.count(",") + 1 for value in values) if key in tags else len(values)
        if number > _MOST_WORDS:
            reason = f"{number} values of {key} exceed the maximum {_MOST_WORDS}"
            raise invalid_input(reason)
    return Query(
        fields=tuple(name for name in given.get("fields", []) if name),
        limit=_limit(given.get("limit", [""])[-1]),
        marker=given.get("marker", [""])[-1],
        reverse=given.get("page_reverse", [""])[-1].lower() == "true",
        sort=_sort(kind, known, given),
        filters=filters,
    )


def _limit(value: str) -> int:
    if value in ("", "infinite"):
        return 0
    if not value.isdecimal():
        reason = f"Limit must be an integer 0 or greater and not '{value}'"
        raise BadRequest(f"Bad limit request: {reason}.", "BadRequest")
    return min(digits(value), LARGEST)


def _sort(
    kind: Kind, known: Mapping[str, str], given: Mapping[str, list[str]]
) -> list[tuple[str, bool]]:
    keys = [key for key in given.get("sort_key", []) if key]
    directions = [word for word in given.get("sort_dir", []) if word]
    if len(keys) != len(directions):
        reason = "The number of sort_keys and sort_dirs must be same"
        raise BadRequest(reason, "HTTPBadRequest")
    lists = {a.name for a in kind.attributes if a.kind.match is not Match.EQUAL}
    wrong = [key for key in keys if key not in known or key in lists]
    if wrong:
        raise BadRequest(f"{wrong} is invalid attribute for sort_keys", "HTTPBadRequest")
    bad = [word for word in directions if word not in ("asc", "desc")]
    if bad:
        reason = f"{bad} is invalid value for sort_dirs, valid value is 'asc' and 'desc'"
        raise BadRequest(reason, "HTTPBadRequest")
    order = dict[str, bool]()
    for key, way in zip(keys, directions, strict=True):
        # What is sorted by it already stays as it is.
        order.setdefault(known[key], way == "asc")
    return list(order.items())


def conditions(
    kind: Kind, table: Table, query: Query, more: Mapping[str, Filter]
) -> list[ColumnElement[bool]]:
    """Return the filters as SQL; values of one name are alternatives."""
    known = columns(kind)
    kinds = {a.column: a.kind for a in kind.attributes}
    found: list[ColumnElement[bool]] = []
    for name, values in query.filters.items():
        if name in more:
            found.append(more[name](values))
        elif name in _TAGS:
            found.append(_tags(table, name, values))
        elif name == "changed_since":
            found.append(table.c.updated_at >= _moment(name, values[-1]))
        else:
            found.append(_matches(name, table.c[known[name]], kinds.get(known[name]), values))
    return found


def _matches(
    name: str, column: Any, kind: AttributeKind[Any] | None, values: list[str]
) -> ColumnElement[bool]:
    if kind is None:
        return _equals(name, column, values)
    if kind.match is Match.CONTAINS:
        return or_(*(contains(column, value) for value in values))
    return _equals(name, column, [kind.word(value) for value in values])


def contains(column: Any, value: str) -> ColumnElement[bool]:
    """Tell in SQL whether a column with a list of strings has the string in it."""
    return sql_cast(column, String).contains(json.dumps(value), autoescape=True)


def _tags(table: Table, name: str, values: list[str]) -> ColumnElement[bool]:
    wanted = [tag for value in values for tag in value.split(",")]
    each = [contains(table.c.tags, tag) for tag in wanted]
    found = or_(*each) if name.endswith("any") else and_(*each)
    return ~found if name.startswith("not") else found


def _equals(name: str, column: Any, values: list[str]) -> ColumnElement[bool]:
    if isinstance(column.type, Boolean):
        return or_(*(column.is_(boolean(value)) for value in values))
    if isinstance(column.type, Integer):
        return or_(column.in_([integer(value) for value in values]))
    if name in ("created_at", "updated_at"):
        return or_(column.in_([_moment(name, value) for value in values]))
    # An empty value asks for what was never set, as null or as an empty string.
    empty = [column.is_(None)] if "" in values else []
    return or_(column.in_(values), *empty)


def _moment(name: str, value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        # Its offset may lead out of the years that there are.
        return (moment - (moment.utcoffset() or moment - moment)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise invalid_input(f"{name} '{value}' is not a valid timestamp") from None


def page(
    table: Table,
    visible: ColumnElement[bool],
    filters: Sequence[ColumnElement[bool]],
    query: Query,
    marker: Mapping[str, Any] | None,
) -> Select[Any]:
    """Return the statement of the rows to show.

    Where rows are visible for one of several reasons, each reason finds its first rows in an index
    of its own; asked for at once, the database would read through everybody's.
    """
    reasons = [visible]
    if isinstance(visible, BooleanClauseList) and visible.operator is operator.or_:
        reasons = list(visible)
    if len(reasons) == 1:
        return cut(select(table).where(visible, *filters), table, query, marker)
    parts = []
    for reason in reasons:
        first = cut(select(table.c.id).where(reason, *filters), table, query, marker).subquery()
        parts.append(select(first.c.id))
    return cut(select(table).where(table.c.id.in_(union(*parts))), table, query, None)


def cut(
    statement: Select[Any], table: Table, query: Query, marker: Mapping[str, Any] | None
) -> Select[Any]:
    """Return the statement sorted, beginning after the marker's row, with the limit."""
    order = [*(query.sort or [("created_at", True)]), ("id", True)]
    keys = [(_key(table, name), name, up != query.reverse) for name, up in order]
    if marker is not None:
        statement = statement.where(_after(keys, marker))
    statement = statement.order_by(*(key.asc() if up else key.desc() for key, _, up in keys))
    return statement.limit(query.limit) if query.limit else statement


def _key(table: Table, name: str) -> Any:
    column: Any = table.c[name]
    if isinstance(column.type, Boolean):
        column = sql_cast(column, Integer)
    if not table.c[name].nullable:
        return column
    # Databases disagree on where nulls sort; a marker could then skip rows.
    return func.coalesce(column, -1 if isinstance(column.type, Integer) else "")


def _after(keys: list[tuple[Any, str, bool]], marker: Mapping[str, Any]) -> ColumnElement[bool]:
    alternatives = []
    same: list[ColumnElement[bool]] = []
    for key, name, up in keys:
        value = _value(key, marker[name])
        alternatives.append(and_(*same, key > value if up else key < value))
        same.append(key == value)
    # Said once more for the first key alone: the database can begin there in an index.
    first, name, up = keys[0]
    begin = _value(first, marker[name])
    return and_(first >= begin if up else first <= begin, or_(*alternatives))


def _value(key: Any, value: Any) -> Any:
    if isinstance(key.type, Integer):
        return -1 if value is None else int(value)
    return "" if value is None else value
