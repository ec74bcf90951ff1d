"""/groups: volumes of one pod that are treated as one."""

from typing import Any

import orjson

from api.http import Answer, Call, Routes
from api.volume.proxy import PROXY, ending, made, members
from models.resources.volume import GROUPS
from models.values import Pod
from models.volume import bodies
from models.work import CleanUp

routes = Routes()
_SOURCES = ("source_group_id", "group_snapshot_id")
# The first version that tells a group's members by filter.
_FILTERS = (3, 23)
# The first version that has snapshots of groups.
_SNAPSHOTS = (3, 14)


@routes.route("POST", "/groups")
async def create(call: Call) -> Answer:
    """Create an empty group in the best pod of its zone."""
    wanted = (await call.json("", bodies.GROUP))["group"]
    zone = wanted.get("availability_zone")
    pod = (await call.services.volume.objects.candidates(call.caller, zone or "", []))[0]
    inner = await call.services.volume.volumes.group_in_pod(call.caller, wanted, pod)
    return await PROXY.answer(call, await made(call, "group", pod, {"group": inner}))


@routes.route("POST", "/groups/action")
async def create_from_source(call: Call) -> Answer:
    """Create a group, and its volumes, from another or from a snapshot of one."""
    body = await call.json("", bodies.GROUP_COPY)
    wanted = body["create-from-src"]
    return await copy(call, body, {key: wanted.get(key) for key in _SOURCES})


async def copy(call: Call, body: dict[str, Any], sources: dict[str, Any]) -> Answer:
    """Pass on a call that makes a group from one of the sources, where that is."""
    objects = call.services.volume.objects
    homes = await objects.homes(call.caller, sources)
    pod = (await objects.candidates(call.caller, "", homes))[0]
    copied = await _copied(call, pod, sources)
    reservations = call.services.volume.reservations
    async with reservations.hold_all(PROXY.as_user(call), copied) as held:
        answer = await made(call, "group", pod, body)
        if answer.status < 300:
            held.commit(pod)
            (group,) = answer.json().values()
            await _found(call, pod, group["id"])
    return await PROXY.answer(call, answer)


@routes.route("PUT", "/groups/{id}")
async def update(call: Call) -> Answer:
    """Change a group; volumes that join it must be in its pod."""
    id_ = call.args["id"]
    body = await call.json("", bodies.GROUP_CHANGE)
    pod = await PROXY.pod_of(call, "group", id_)
    await check_joining(call, pod, body["group"].get("add_volumes"))
    return await PROXY.relay(call, pod, orjson.dumps(body))


async def check_joining(call: Call, pod: Pod, joining: object) -> None:
    """Refuse volumes that are to join a group, separated by commas, and are not in its pod."""
    here = (f"group {call.args['id']}", pod)
    for volume_id in joining.split(",") if isinstance(joining, str) else ():
        await call.services.volume.objects.together(call.caller, here, "volume", volume_id.strip())


@routes.route("POST", "/groups/{id}/action")
async def action(call: Call) -> Answer:
    """Do something to a group in its pod."""
    pod = await PROXY.pod_of(call, "group", call.args["id"])
    body = await call.json()
    if "delete" not in body:
        return await PROXY.relay(call, pod, orjson.dumps(body))
    return await end(call, pod, orjson.dumps(body))


async def end(call: Call, pod: Pod, body: bytes) -> Answer:
    """Pass on a call that may end a group, and the volumes in it."""
    volumes = await _members(call, pod, call.args["id"])
    departures = call.services.departures
    async with departures.asked(call.caller, CleanUp.VOLUME, *volumes) as departure:
        return departure.answered(await ending(call, "group", pod, body))


# A group is deleted by an action only.
_members_routes = members("/groups", "group")
routes.add(next(route for route in _members_routes.declared if route.method == "GET"))
routes.include(PROXY.routes([GROUPS]))


async def _found(call: Call, pod: Pod, group_id: str) -> None:
    """Record the volumes that came with a group."""
    volumes = await _members(call, pod, group_id)
    await call.services.volume.objects.found(
        "volume", pod, call.caller, dict.fromkeys(volumes, "")
    )


async def _members(call: Call, pod: Pod, group_id: str) -> list[str]:
    return [str(volume["id"]) for volume in await volumes_of(call, pod, group_id)]


async def volumes_of(call: Call, pod: Pod, group_id: str) -> list[dict[str, Any]]:
    """Return the volumes of a group."""
    path = f"/volumes/detail?group_id={group_id}"
    answer = await PROXY.send(call, pod, method="GET", path=path, version=_FILTERS)
    return list(answer.json()["volumes"]) if answer.status == 200 else []


async def _copied(
    call: Call, pod: Pod, sources: dict[str, Any]
) -> list[tuple[str, dict[str, int]]]:
    """Return types and sizes of the volumes that come with a group made from another."""
    group_id = sources.get("source_group_id")
    if not group_id:
        path = f"/group_snapshots/{sources['group_snapshot_id']}"
        answer = await PROXY.send(call, pod, method="GET", path=path, version=_SNAPSHOTS)
        taken = answer.json()["group_snapshot"] if answer.status == 200 else {}
        group_id = taken.get("group_id")
    return [
        (str(volume["volume_type"]), {"volumes": 1, "gigabytes": int(volume["size"])})
        for volume in (await volumes_of(call, pod, str(group_id)) if group_id else ())
    ]
