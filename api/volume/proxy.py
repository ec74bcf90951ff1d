"""PROXY: the generic engine, told what volume clients see."""

from typing import Any

from activities.pods.region import PodAnswer
from activities.pods.versions import Version
from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.proxy import METADATA, Proxy
from models.creations import unmarked
from models.values import Pod
from models.volume.objects import ObjectType
from models.work import CleanUp


async def _placed(call: Call, pod: Pod, items: list[dict[str, Any]]) -> None:
    unmarked(items)
    await call.services.volume.volumes.view(pod, items)


async def _snapshot(call: Call, pod: Pod, items: list[dict[str, Any]]) -> None:
    unmarked(items)


async def _grouped(call: Call, pod: Pod, items: list[dict[str, Any]]) -> None:
    await call.services.volume.volumes.group_view(pod, items)


async def _service(call: Call, pod: Pod, services: list[dict[str, Any]]) -> None:
    for service in services:
        service["zone"] = pod.az_name


PROXY = Proxy(
    "volume",
    VOLUME,
    views={
        "volume": _placed,
        "snapshot": _snapshot,
        "backup": _placed,
        "group": _grouped,
        "group_snapshot": _grouped,
        "consistencygroup": _grouped,
        "service": _service,
        **METADATA,
    },
    not_found={
        "volume": "Volume {} could not be found.",
        "snapshot": "Snapshot {} could not be found.",
        "backup": "Backup {} could not be found.",
        "group": "Group {} could not be found.",
        "group_snapshot": "GroupSnapshot {} could not be found.",
    },
)


async def made(
    call: Call,
    type_: str,
    pod: Pod,
    body: dict[str, Any],
    *,
    owner_id: str = "",
    version: Version | None = None,
    carries: bool = True,
) -> PodAnswer:
    """Have the pod make an object, and record it; return what the pod answered."""
    query = f"?{call.query}" if call.query else ""
    creation, user, path = call.services.volume.creation, PROXY.as_user(call), call.path + query
    return await creation.made(
        user, type_, pod, body, path, owner_id=owner_id, version=version, carries=carries
    )


async def volume_size(call: Call, pod: Pod, id_: str) -> int:
    """Return the size of a volume; 0 where the pod does not tell, and will refuse as well."""
    answer = await PROXY.send(call, pod, method="GET", path=f"/volumes/{id_}")
    return int(answer.json()["volume"]["size"]) if answer.status == 200 else 0


async def ending(call: Call, type_: ObjectType, pod: Pod, body: bytes | None = None) -> Answer:
    """Pass on a call that may end an object; its routing goes when the pod no longer has it."""
    kind, departures = CleanUp(type_), call.services.departures
    async with departures.asked(call.caller, kind, call.args["id"]) as departure:
        return departure.answered(await PROXY.relay(call, pod, body))


def members(path: str, type_: ObjectType) -> Routes:
    """Return the routes that show, and delete, an object in its pod."""
    routes = Routes()

    @routes.route("GET", f"{path}/{{id}}")
    async def show(call: Call) -> Answer:
        id_ = call.args["id"]
        pod = await PROXY.pod_of(call, type_, id_)
        answer = await PROXY.relay(call, pod)
        if answer.status == 404:
            # Its pod has deleted it meanwhile.
            await call.services.volume.upkeep.clean_up(type_, id_)
        return answer

    @routes.route("DELETE", f"{path}/{{id}}")
    async def delete(call: Call) -> Answer:
        return await ending(call, type_, await PROXY.pod_of(call, type_, call.args["id"]))

    return routes
