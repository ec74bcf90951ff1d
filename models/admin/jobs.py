"""Jobs: the operations as an operator follows them, redoes them and cancels them."""

from collections.abc import Iterable
from urllib.parse import quote

from models.admin.listing import Listing, RowPage, stamp
from models.database.store import Row, Store
from models.database.tables.operation import Operation, operations
from models.operations import Operations
from models.settings import Settings

_FILTERS = (
    "id",
    "type",
    "state",
    "resource_type",
    "resource_id",
    "router_id",
    "project_id",
    "request_id",
    "workflow_id",
)
_TIMES = ("created_at", "started_at", "finished_at")
_JOBS = Listing(
    "Job",
    operations,
    Operation.id,
    {name: operations.c[name] for name in _FILTERS},
    (Operation.sequence, Operation.id),
    descending=True,
)


class Jobs:
    """The operation rows, newest first, each with its place in the Temporal Web UI."""

    def __init__(self, settings: Settings, store: Store, work: Operations) -> None:
        base = settings.temporal_ui_url.rstrip("/")
        self._workflows = f"{base}/namespaces/{settings.temporal_namespace}/workflows/"
        self._store = store
        self._work = work

    async def list(self, params: Iterable[tuple[str, str]]) -> RowPage:
        """Return the jobs that match."""
        page = await _JOBS.list(self._store, params)
        return RowPage([self._view(row) for row in page.rows], page.marker)

    async def get(self, id_: str) -> Row:
        """Return one job; ``NotFound``."""
        return self._view(await _JOBS.get(self._store, id_))

    async def redo(self, id_: str) -> Row:
        """Accept a finished job again; it brings about what is desired now."""
        await _JOBS.get(self._store, id_)
        await self._work.redo(id_)
        return await self.get(id_)

    async def cancel(self, id_: str) -> Row:
        """Stop a job that is not finished."""
        await _JOBS.get(self._store, id_)
        await self._work.cancel(id_)
        return await self.get(id_)

    def brief(self, row: Row) -> Row:
        """Return what a look at something else tells of its job."""
        return {name: self._view(row)[name] for name in ("id", "type", "state", "error", "links")}

    def _view(self, row: Row) -> Row:
        return {
            **{name: row[name] for name in _FILTERS},
            "attempts": row["attempts"],
            "error": row["error"],
            **{name: stamp(row[name]) for name in _TIMES},
            "links": [
                {"rel": "workflow", "href": self._workflows + quote(row["workflow_id"], safe="")}
            ],
        }
