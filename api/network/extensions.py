"""/v2.0/extensions: what works here, by Neutron's own names; clients choose by them."""

from typing import Any

from api.http import Answer, Call, Route, Routes
from models.errors import NotFound
from models.network.extensions.served import SERVED

_EXTENSIONS = {extension.alias: extension for extension in SERVED}
# What pods do by themselves, and may lack.
_PODS = {"dhcp_agent_scheduler"}

routes = Routes()


@routes.route("GET", "/extensions")
async def extensions(call: Call) -> Answer:
    """List what works."""
    known = [alias for alias in _EXTENSIONS if await _works(call, alias)]
    return Answer(200, {"extensions": [_shown(alias) for alias in known]})


@routes.route("GET", "/extensions/{alias}")
async def extension(call: Call) -> Answer:
    """Show one; 404 for what is not here, which is how clients ask."""
    alias = call.args["alias"]
    if alias not in _EXTENSIONS or not await _works(call, alias):
        raise NotFound(f"Extension with alias {alias} does not exist", "HTTPNotFound")
    return Answer(200, {"extension": _shown(alias)})


async def _absent(call: Call) -> Answer:
    """Answer as Neutron does who changes what is only told: there is nothing to change."""
    raise NotFound("The resource could not be found.", "HTTPNotFound")


for _path in ("/extensions", "/extensions/{alias}"):
    for _method in ("POST", "PUT", "DELETE"):
        routes.add(Route(_method, _path, _absent))


async def _works(call: Call, alias: str) -> bool:
    """Tell whether the extension works; of some only the pods know."""
    return alias not in _PODS or await call.services.network.extensions.everywhere(alias)


def _shown(alias: str) -> dict[str, Any]:
    extension = _EXTENSIONS[alias]
    return {
        "alias": alias,
        "name": extension.name,
        "description": f"Provides {extension.brings}.",
        "updated": extension.updated,
        "links": [],
    }
