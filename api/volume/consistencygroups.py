"""/consistencygroups: groups of the one kind that there was first, under another name."""

from typing import Any

import orjson

from api.http import Answer, Call, Routes
from api.volume.groups import check_joining, copy, end
from api.volume.proxy import PROXY, made, members
from models.errors import BadRequest
from models.resources.volume import CONSISTENCYGROUPS

routes = Routes()
_PATH = CONSISTENCYGROUPS.path
# What a group is made from: as groups say it, and as it is said here.
_SOURCES = {"group_snapshot_id": "cgsnapshot_id", "source_group_id": "source_cgid"}


@routes.route("POST", _PATH)
async def create(call: Call) -> Answer:
    """Create an empty group, of volume types separated by commas, in the best pod of its zone."""
    wanted = _inner(await call.json())
    types = wanted.get("volume_types")
    if not isinstance(types, str) or not types:
        raise BadRequest(
            f"volume_types must be provided to create consistency group {wanted.get('name')}."
        )
    zone = wanted.get("availability_zone")
    if zone is not None and not isinstance(zone, str):
        raise BadRequest("Invalid input for availability_zone: it is not of type 'string'.")
    pod = (await call.services.volume.objects.candidates(call.caller, zone or "", []))[0]
    names = {"volume_types": types.rstrip(",").split(",")}
    inner = await call.services.volume.volumes.group_in_pod(call.caller, wanted | names, pod)
    inner["volume_types"] = ",".join(inner["volume_types"])
    return await PROXY.answer(call, await made(call, "group", pod, {"consistencygroup": inner}))


@routes.route("POST", f"{_PATH}/create_from_src")
async def create_from_source(call: Call) -> Answer:
    """Create a group, and its volumes, from another or from a snapshot of one."""
    body = await call.json()
    wanted = body.get("consistencygroup-from-src")
    if not isinstance(wanted, dict):
        raise BadRequest("Missing required element 'consistencygroup-from-src' in request body.")
    sources = {key: wanted.get(old) for key, old in _SOURCES.items()}
    name = wanted.get("name")
    if not any(sources.values()):
        raise BadRequest(
            "Either 'cgsnapshot_id' or 'source_cgid' must be provided to create consistency"
            f" group {name} from source."
        )
    if all(sources.values()):
        raise BadRequest(
            "Cannot provide both 'cgsnapshot_id' and 'source_cgid' to create consistency group"
            f" {name} from source."
        )
    return await copy(call, body, sources)


@routes.route("PUT", f"{_PATH}/{{id}}")
@routes.route("PUT", f"{_PATH}/{{id}}/update")
async def update(call: Call) -> Answer:
    """Change a group; volumes that join it must be in its pod."""
    pod = await PROXY.pod_of(call, "group", call.args["id"])
    body = await call.json()
    await check_joining(call, pod, _inner(body).get("add_volumes"))
    return await PROXY.relay(call, pod, orjson.dumps(body))


@routes.route("POST", f"{_PATH}/{{id}}/delete")
async def delete(call: Call) -> Answer:
    """Delete a group, with its volumes if it is forced."""
    pod = await PROXY.pod_of(call, "group", call.args["id"])
    return await end(call, pod, await call.body())


_members_routes = members(_PATH, "group")
routes.add(next(route for route in _members_routes.declared if route.method == "GET"))
routes.include(PROXY.routes([CONSISTENCYGROUPS]))


def _inner(body: dict[str, Any]) -> dict[str, Any]:
    wanted = body.get("consistencygroup")
    if not isinstance(wanted, dict):
        raise BadRequest("Missing required element 'consistencygroup' in request body.")
    return wanted
