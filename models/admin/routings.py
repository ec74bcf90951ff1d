"""RoutingView: where the copies lie, as an operator looks at it."""

from collections.abc import Iterable

from models.admin.listing import Listing, RowPage, stamp
from models.database.store import Row, Store
from models.database.tables.routing import Routing, routings

_PLAIN = ("id", "top_id", "bottom_id", "pod_id", "project_id", "owner_id")
_ROUTINGS = Listing(
    "Routing",
    routings,
    Routing.id,
    {**{name: routings.c[name] for name in _PLAIN}, "resource_type": Routing.type},
    (Routing.id,),
    descending=True,
)


class RoutingView:
    """The routing rows, newest first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, params: Iterable[tuple[str, str]]) -> RowPage:
        """Return the routings that match."""
        page = await _ROUTINGS.list(self._store, params)
        return RowPage([view(row) for row in page.rows], page.marker)

    async def get(self, id_: str) -> Row:
        """Return one routing; ``NotFound``."""
        return view(await _ROUTINGS.get(self._store, id_))


def view(row: Row) -> Row:
    """Return the routing as the Admin API shows it."""
    return {
        **{name: row[name] for name in _PLAIN},
        "resource_type": row["type"],
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]),
    }
