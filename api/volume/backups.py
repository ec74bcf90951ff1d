"""/backups: made where their volume is, restored there; records of them come and go."""

import base64
import binascii
from typing import Any

import orjson

from api import quotas
from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.volume.proxy import PROXY, ending, made, members, volume_size
from models.resources.volume import BACKUPS
from models.values import Pod
from models.volume import bodies

routes = Routes()
# From here on backups have metadata.
_DESCRIBED = (3, 43)


@routes.route("POST", "/backups")
async def create(call: Call) -> Answer:
    """Back up a volume, or a snapshot of it, in its pod."""
    body = await call.json("", bodies.backup(VOLUME.of(call)))
    wanted = body["backup"]
    objects = call.services.volume.objects
    sources = {key: wanted.get(key) for key in ("volume_id", "snapshot_id")}
    homes = await objects.homes(call.caller, sources)
    zone = wanted.get("availability_zone")
    pod = (await objects.candidates(call.caller, zone or "", homes))[0]
    if zone:
        kept = {key: value for key, value in wanted.items() if key != "availability_zone"}
        mine = {"availability_zone": pod.pod_az_name} if pod.pod_az_name else {}
        body = body | {"backup": kept | mine}
    size = await volume_size(call, pod, str(wanted["volume_id"]))
    each = {"backups": 1, "backup_gigabytes": size}
    async with quotas.room(call, PROXY, "volume", each) as held:
        answer = await made(call, "backup", pod, body, **_carrying(call, wanted))
        if answer.status < 300:
            held.commit(pod)
    return await PROXY.answer(call, answer)


@routes.route("POST", "/backups/{id}/restore")
async def restore(call: Call) -> Answer:
    """Write a backup to a volume of its pod, or to a new one."""
    id_ = call.args["id"]
    body = await call.json("", bodies.RESTORE)
    wanted = body["restore"] or {}
    pod = await PROXY.pod_of(call, "backup", id_)
    objects = call.services.volume.objects
    if wanted.get("volume_id"):
        here = (f"backup {id_}", pod)
        await objects.together(call.caller, here, "volume", str(wanted["volume_id"]))
        return await PROXY.relay(call, pod, orjson.dumps(body))
    name = wanted.get("name") or f"restore_backup_{id_}"
    project = call.caller.project_id
    user, reservations = PROXY.as_user(call), call.services.volume.reservations
    backup = await reservations.shown(user, pod, "backup", f"/backups/{id_}")
    size = int(backup.get("size", 0))
    each = {"volumes": 1, "gigabytes": size}
    async with (
        reservations.hold(user, each, reservations.type_of_new(user, pod, {})) as held,
        objects.creations.tracked("volume", pod, project, name, marked=False) as creation,
    ):
        answer = await PROXY.send(call, pod, orjson.dumps(body))
        if answer.status < 300:
            volume_id = answer.json()["restore"]["volume_id"]
            await objects.recorded(creation, "volume", pod, call.caller, volume_id)
            held.commit(pod)
        else:
            await objects.refused(creation)
    return await PROXY.answer(call, answer)


@routes.route("GET", "/backups/{id}/export_record", admin=True)
async def export_record(call: Call) -> Answer:
    """Show what is needed to know the backup elsewhere."""
    return await PROXY.relay(call, await PROXY.pod_of(call, "backup", call.args["id"]))


@routes.route("POST", "/backups/import_record", admin=True)
async def import_record(call: Call) -> Answer:
    """Make a backup known again, in the pod that it or its volume came from."""
    body = await call.json("", bodies.BACKUP_RECORD)
    pod = await _origin(call, body["backup-record"]["backup_url"])
    return await PROXY.answer(call, await made(call, "backup", pod, body))


@routes.route("POST", "/backups/{id}/action")
async def action(call: Call) -> Answer:
    """Do something to a backup in its pod."""
    pod = await PROXY.pod_of(call, "backup", call.args["id"])
    body = await call.json()
    if "os-force_delete" in body:
        return await ending(call, "backup", pod, orjson.dumps(body))
    return await PROXY.relay(call, pod, orjson.dumps(body))


routes.include(members("/backups", "backup"))
routes.include(PROXY.routes([BACKUPS]))


def _carrying(call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return in which version a backup is asked for, and whether it carries its creation's id.

    What is answered to that is the same in every version.
    """
    if VOLUME.of(call) >= _DESCRIBED:
        return {}
    speaks = call.services.versions.range("volume")[1] >= _DESCRIBED
    if speaks and "metadata" not in wanted:
        return {"version": _DESCRIBED}
    return {"carries": False}


async def _origin(call: Call, url: Any) -> Pod:
    """Return the pod of what the record names; without any such, the best for the project."""
    objects = call.services.volume.objects
    try:
        record = orjson.loads(base64.b64decode(str(url), validate=True))
    except (binascii.Error, orjson.JSONDecodeError):
        record = None
    known = record if isinstance(record, dict) else {}
    homes = await objects.homes_of(call.caller, "backup", str(known.get("id")))
    homes = homes or await objects.homes_of(call.caller, "volume", str(known.get("volume_id")))
    return (await objects.candidates(call.caller, "", homes))[0]
