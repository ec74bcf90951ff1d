"""List queries: filters, fields, sorting and paging, the same for every resource."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from deploy.simulator.http import Json, Request
from deploy.simulator.network.errors import NeutronError, malformed

_CONTROL = {"fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir"}
_TAGS = {"tags", "tags-any", "not-tags", "not-tags-any"}
_ALIASES = {"tenant_id": "project_id"}
_UNFILTERABLE = {"security_group_rules", "allocation_pools", "dns_nameservers", "host_routes"}


Filters = dict[str, list[str]]


def filters(request: Request, filterable: set[str]) -> Filters:
    """The values asked for by field; several values of one field mean any of them."""
    wanted: Filters = {}
    for key, value in request.query:
        if key not in _CONTROL:
            wanted.setdefault(_ALIASES.get(key, key), []).append(value)
    unknown = [key for key in wanted if key not in filterable | _TAGS or key in _UNFILTERABLE]
    if unknown:
        raise malformed(f"{unknown} is invalid attribute for filtering")
    return wanted


def select(rows: Iterable[Json], wanted: Filters, *, stored: bool = False) -> list[Json]:
    """The rows that match every filter; of `stored` rows, as far as they have the field."""
    found = list(rows)
    for key, values in wanted.items():
        found = [row for row in found if (stored and key not in row) or _matches(row, key, values)]
    return found


def _matches(row: Json, key: str, values: list[str]) -> bool:
    if key in _TAGS:
        return _tags_match(set(row.get("tags", ())), key, values)
    have = row.get(key)
    if isinstance(have, list):
        return any(_item_matches(item, value) for item in have for value in values)
    if isinstance(have, bool):
        return str(have).lower() in [_truth(value) for value in values]
    return have is not None and str(have) in values


def _item_matches(item: Any, value: str) -> bool:
    if isinstance(item, dict):
        field, _, wanted = value.partition("=")
        if field == "ip_address_substr":
            return wanted in str(item.get("ip_address"))
        return str(item.get(field)) == wanted
    return str(item) == value


def _truth(value: str) -> str:
    return {"1": "true", "0": "false"}.get(value, value.lower())


def _tags_match(have: set[str], key: str, values: list[str]) -> bool:
    wanted = {tag for value in values for tag in value.split(",")}
    met = bool(wanted & have) if key.endswith("-any") else wanted <= have
    return not met if key.startswith("not-") else met


def order(rows: list[Json], request: Request, sortable: set[str]) -> list[Json]:
    """The rows sorted as asked; by id when paging without a wish, so that pages are stable."""
    keys, directions = request.all("sort_key"), request.all("sort_dir")
    if len(keys) != len(directions):
        raise malformed("The number of sort_keys and sort_dirs must be same")
    unknown = [key for key in keys if key not in sortable]
    if unknown:
        raise malformed(f"{unknown} is invalid attribute for sort_keys")
    if not keys and request.arg("limit"):
        keys, directions = ["id"], ["asc"]
    for key, direction in reversed(list(zip(keys, directions, strict=True))):
        rows = sorted(rows, key=lambda row: str(row.get(key, "")), reverse=direction == "desc")
    return rows


def page(rows: list[Json], request: Request, plural: str) -> tuple[list[Json], list[Json]]:
    """One page of the rows, and the links to its neighbours."""
    try:
        limit = int(request.arg("limit", "0"))
    except ValueError:
        limit = -1
    if limit < 0:
        text = f"Limit must be an integer 0 or greater and not '{request.arg('limit')}'"
        raise NeutronError(400, "BadRequest", f"Bad limit request: {text}.")
    if limit == 0:
        return rows, []
    marker, back = request.arg("marker"), request.flag("page_reverse")
    at = next((i for i, row in enumerate(rows) if row["id"] == marker), None)
    if marker and at is None:
        noun = plural.removesuffix("s")
        raise NeutronError(404, f"{noun.title()}NotFound", f"{noun} {marker} could not be found.")
    if back:
        end = len(rows) if at is None else at
        start = max(0, end - limit)
    else:
        start = 0 if at is None else at + 1
        end = min(len(rows), start + limit)
    part = rows[start:end]
    links = []
    short = len(part) < limit
    if part and not (short and not back):
        links.append(_link("next", request, part[-1]["id"], False))
    if part and not (short and back):
        links.append(_link("previous", request, part[0]["id"], True))
    return part, links


def _link(relation: str, request: Request, marker: str, back: bool) -> Json:
    arguments = [item for item in request.query if item[0] not in ("marker", "page_reverse")]
    arguments.append(("marker", marker))
    if back:
        arguments.append(("page_reverse", "True"))
    return {"rel": relation, "href": f"{request.origin}{request.path}?{urlencode(arguments)}"}


def narrow(row: Json, request: Request) -> Json:
    """Only the fields asked for."""
    wanted = set(request.all("fields"))
    return {key: value for key, value in row.items() if key in wanted} if wanted else row
