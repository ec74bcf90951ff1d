"""Pages of what is kept at the top for block storage: types of volumes and groups, QoS specs."""

from collections.abc import Callable, Sequence

from models.database.store import Row
from models.errors import NotFound
from models.pages import cut
from models.sorts import sort_of
from models.volume import checks

_MOST = 1000


def page_of(
    rows: Sequence[Row],
    params: Sequence[tuple[str, str]],
    not_found: Callable[[str], NotFound],
) -> tuple[list[Row], bool]:
    """Return the rows that a query's sort, limit, offset and marker ask for; newest first.

    And whether the page is full. ``not_found(marker)`` is raised for a marker that is no row's id.
    """
    asked = dict(params)
    rows = sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)
    for names, descending in reversed(sort_of(params)):
        rows.sort(key=lambda row: str(row.get(names[0]) or ""), reverse=descending)
    limit = min(checks.number(asked.get("limit"), "limit", _MOST), _MOST)
    start = checks.number(asked.get("offset"), "offset", 0)
    marker = asked.get("marker")
    return cut(rows, marker, limit, not_found, offset=start, key=lambda row: row["id"])
