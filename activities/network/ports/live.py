"""LivePorts: the ports as the network API serves them, those of servers as their pods see them."""

from collections.abc import Sequence

from activities.network.ports.bindings import LIVE, PortBindings
from activities.network.ports.copies import ADMIN_SETS
from models.network.collections.listing import Page, Params
from models.network.collections.services import Body, Shown
from models.network.ports.rows import Ports
from models.values import Caller


class LivePorts:
    """Asks the pods where somebody looks at one port, and where an admin looks at many.

    Lists for others are answered without any pod: bindings are not shown in them.
    """

    def __init__(self, ports: Ports, bindings: PortBindings) -> None:
        self._ports = ports
        self._bindings = bindings

    async def permit(self, caller: Caller, bodies: Sequence[Body]) -> None:
        """Return if there may be so many more; ``OverQuota`` otherwise."""
        await self._ports.permit(caller, bodies)

    async def create(self, caller: Caller, body: Body) -> Shown:
        """Create a port and return it as shown."""
        return await self._ports.create(caller, body)

    async def update(self, caller: Caller, id_: str, body: Body) -> Shown:
        """Change a port and return it as shown; an admin's binding is set in its pod too."""
        shown = await self._ports.update(caller, id_, body)
        binding = {name: shown[name] for name in ADMIN_SETS if name in body}
        if binding:
            await self._bindings.bind(caller, id_, binding)
            await self._bindings.show_live(caller, [shown])
        return shown

    async def delete(self, caller: Caller, id_: str) -> None:
        """Delete a port."""
        await self._ports.delete(caller, id_)

    async def show(self, caller: Caller, id_: str, fields: Sequence[str] = ()) -> Shown:
        """Return a port; status and binding are those in its pod, where that answers."""
        if not _live(fields):
            return await self._ports.show(caller, id_, fields)
        shown = await self._ports.show(caller, id_)
        await self._bindings.show_live(caller, [shown])
        return _only(shown, fields)

    async def list(self, caller: Caller, params: Params) -> Page:
        """Return a page of ports; filters are about what the gateway has."""
        fields = [value for key, value in params if key == "fields"]
        if not caller.admin or not _live(fields):
            return await self._ports.list(caller, params)
        page = await self._ports.list(caller, [pair for pair in params if pair[0] != "fields"])
        await self._bindings.show_live(caller, page.items)
        page.items = [_only(item, fields) for item in page.items]
        return page


def _live(fields: Sequence[str]) -> bool:
    return not fields or not set(LIVE).isdisjoint(fields)


def _only(shown: Shown, fields: Sequence[str]) -> Shown:
    return {name: value for name, value in shown.items() if not fields or name in fields}
