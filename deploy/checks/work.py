"""Every kind of work has somebody who does it: a workflow, and a worker where it needs one."""

import asyncio
import tempfile

from activities.wiring import open_services
from models.database.store import Row
from models.operations import Outbox
from models.settings import Settings
from models.work import UPKEEP, RouterChange
from workflows.network.router_operations import OPERATIONS
from workflows.upkeep import UPKEEP as UPKEEP_WORKFLOWS


class _NoOutbox(Outbox):
    """Takes nothing: the services are built and closed again."""

    async def offer(self, operation: Row) -> None:
        raise NotImplementedError

    async def stop(self, operation: Row) -> None:
        raise NotImplementedError

    async def runs(self, operation: Row) -> bool:
        raise NotImplementedError


def refused() -> list[str]:
    """Return the kinds of work without a worker, and those without a workflow."""
    idle = sorted({str(kind) for kind in UPKEEP if kind.type not in UPKEEP_WORKFLOWS})
    lost = sorted({str(kind) for kind in RouterChange if kind.type not in OPERATIONS})
    return [
        *asyncio.run(_without_worker()),
        *(f"workflows/upkeep.py: no workflow does {kind}" for kind in idle),
        *(f"workflows/network/router_operations.py: no workflow does {kind}" for kind in lost),
    ]


async def _without_worker() -> list[str]:
    # Services that lack a worker refuse to be built; neither database nor pod is asked.
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite+aiosqlite:///{folder}/work.db")
        try:
            async with open_services(settings, _NoOutbox()):
                return []
        except ValueError as missing:
            return [f"activities/wiring.py: {missing}"]
