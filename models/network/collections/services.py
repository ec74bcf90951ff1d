"""Service: what the generic routes of a kind are served by."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from models.errors import GatewayError
from models.network.collections.listing import Page, Params
from models.values import Caller

Body = Mapping[str, Any]
Shown = dict[str, Any]


class Service(Protocol):
    """The five verbs of one kind, as API handlers call them."""

    async def permit(self, caller: Caller, bodies: Sequence[Body]) -> None:
        """Return if there may be so many more; ``OverQuota`` otherwise."""
        ...

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create an object and return it as shown."""
        ...

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change an object and return it as shown."""
        ...

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete an object."""
        ...

    async def show(self, caller: Caller, id_: str, fields: Sequence[str] = ()) -> Shown:
        """Return an object as shown."""
        ...

    async def list(self, caller: Caller, params: Params) -> Page:
        """Return a page of objects as shown."""
        ...


async def create_all(service: Service, caller: Caller, bodies: Sequence[Body]) -> list[Shown]:
    """Create all of them, or, when one is refused, none."""
    # Others are not to meet what would be taken back.
    await service.permit(caller, bodies)
    made: list[Shown] = []
    try:
        for body in bodies:
            made.append(await service.create(caller, body))
    except GatewayError:
        for shown in reversed(made):
            await service.delete(caller, shown["id"])
        raise
    return made
