"""/group_snapshots: made where their group is."""

from typing import Any

from api.http import Answer, Call, Routes
from api.volume.groups import volumes_of
from api.volume.proxy import PROXY, made, members
from models.resources.volume import GROUP_SNAPSHOTS
from models.volume import bodies

routes = Routes()
# The first version that tells a snapshot's members by filter.
_FILTERS = (3, 29)


@routes.route("POST", "/group_snapshots")
async def create(call: Call) -> Answer:
    """Take a snapshot of every volume of a group."""
    body = await call.json("", bodies.GROUP_SNAPSHOT)
    return await take(call, body, body["group_snapshot"]["group_id"])


async def take(call: Call, body: dict[str, Any], group_id: Any) -> Answer:
    """Pass on a call that takes a snapshot of every volume of the group, where that is."""
    objects = call.services.volume.objects
    homes = await objects.homes(call.caller, {"group_id": group_id})
    pod = (await objects.candidates(call.caller, "", homes))[0]
    taken = [
        (str(volume["volume_type"]), {"snapshots": 1, "gigabytes": int(volume["size"])})
        for volume in await volumes_of(call, pod, str(group_id))
    ]
    reservations = call.services.volume.reservations
    async with reservations.hold_all(PROXY.as_user(call), taken) as held:
        answer = await made(call, "group_snapshot", pod, body)
        if answer.status < 300:
            held.commit(pod)
    if answer.status < 300:
        (snapshot,) = answer.json().values()
        listed = await PROXY.send(
            call,
            pod,
            method="GET",
            path=f"/snapshots/detail?group_snapshot_id={snapshot['id']}",
            version=_FILTERS,
        )
        rows = listed.json()["snapshots"] if listed.status == 200 else []
        owners = {str(row["id"]): str(row["volume_id"]) for row in rows}
        await objects.found("snapshot", pod, call.caller, owners)
    return await PROXY.answer(call, answer)


@routes.route("POST", "/group_snapshots/{id}/action")
async def action(call: Call) -> Answer:
    """Do something to a group's snapshot in its pod."""
    return await PROXY.relay(call, await PROXY.pod_of(call, "group_snapshot", call.args["id"]))


routes.include(members("/group_snapshots", "group_snapshot"))
routes.include(PROXY.routes([GROUP_SNAPSHOTS]))
