"""/manageable_volumes: what lies on a host becomes a volume."""

import orjson

from api.http import Answer, Call
from api.microversions import VOLUME
from api.volume import manageable
from api.volume.proxy import PROXY
from models.errors import BadRequest, NotFound
from models.values import Pod
from models.volume import bodies

# From here on a cluster may be named instead of a host.
_CLUSTERED = (3, 16)


async def manage(call: Call) -> Answer:
    """Make a volume of what lies on a host, in the pod of the host."""
    body = await call.json("", bodies.managed_volume(VOLUME.of(call)))
    wanted = body["volume"]
    kind, name = manageable.backend(call, wanted, _CLUSTERED)
    zone = wanted.get("availability_zone")
    pod = await _home(call, kind, name, zone or "")
    user, reservations = PROXY.as_user(call), call.services.volume.reservations
    try:
        body = await call.services.volume.creation.with_default_type(user, body)
        sent = await call.services.volume.volumes.in_pod(call.caller, body, pod)
    except NotFound:
        why = f"Cannot find requested '{wanted.get('volume_type')}' volume type"
        raise BadRequest(f"Invalid volume type: {why}") from None
    type_ = reservations.type_of_new(user, pod, body["volume"])
    async with reservations.hold(user, {"volumes": 1}, type_) as held:
        answer = await PROXY.send(call, pod, orjson.dumps(sent))
        if answer.status < 300:
            # No creation, which a crash would have cleaned up: there were data before it. A volume
            # whose row is not written can be adopted.
            id_ = answer.json()["volume"]["id"]
            await call.services.volume.objects.found("volume", pod, call.caller, {id_: ""})
            held.commit(pod)
    return await PROXY.answer(call, answer)


async def _home(call: Call, kind: str, name: str, zone: str) -> Pod:
    pods, _ = await manageable.pods_of(call, kind, name)
    if not pods:
        raise BadRequest(f"{kind.capitalize()} '{name}' not found")
    pods = [pod for pod in pods if pod.az_name == zone] or pods
    if len(pods) > 1:
        names = ", ".join(f"{pod.pod_name} ({pod.az_name})" for pod in pods)
        raise BadRequest(
            f"Several pods have a {kind} {name}: {names}. Name the availability zone of one, or "
            "ask the pod itself and adopt the volume."
        )
    homes = [(f"{kind} {name}", pods[0])]
    return (await call.services.volume.objects.candidates(call.caller, zone, homes))[0]


routes = manageable.serve("/manageable_volumes", "manageable-volumes", manage).with_handlers(
    VOLUME.since(manageable.NEWER)
)
