"""Growth: a server that becomes larger needs room under the quota for the difference."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from api.compute.proxy import PROXY
from api.http import Call
from api.quotas import room
from models.quotas.reservations import Held
from models.values import Pod

# From here on a server tells how large it is.
_SIZES = (2, 47)


@asynccontextmanager
async def growth(call: Call, pod: Pod, action: str, inner: Any) -> AsyncIterator[Held]:
    """Hold room for what the action adds to the server; every action but resize adds nothing."""
    each = await _added(call, pod, inner) if action == "resize" else {}
    if not each:
        yield Held(1)
        return
    async with room(call, PROXY, "compute", each) as held:
        yield held


async def _added(call: Call, pod: Pod, inner: Any) -> dict[str, int]:
    wanted = inner.get("flavorRef") if isinstance(inner, dict) else None
    if not isinstance(wanted, str | int):
        return {}
    path = f"/servers/{call.args['id']}"
    answer = await PROXY.send(call, pod, method="GET", path=path, version=_SIZES)
    if answer.status >= 300:
        return {}
    now = answer.json()["server"]["flavor"]
    flavor = await call.services.compute.flavors.get(call.caller, str(wanted).rsplit("/", 1)[-1])
    more = {"cores": flavor["vcpus"] - now["vcpus"], "ram": flavor["ram"] - now["ram"]}
    return {name: amount for name, amount in more.items() if amount > 0}
