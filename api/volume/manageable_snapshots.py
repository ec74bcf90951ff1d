"""/manageable_snapshots: what lies on a host becomes a snapshot."""

import orjson

from api.http import Answer, Call
from api.microversions import VOLUME
from api.volume import manageable
from api.volume.proxy import PROXY
from api.volume.snapshots import beside
from models.volume import bodies


async def manage(call: Call) -> Answer:
    """Make a snapshot of what lies beside a volume, in the pod of the volume."""
    body = await call.json("", bodies.MANAGED_SNAPSHOT)
    pod, volume_id, each = await beside(call, body["snapshot"])
    user, reservations = PROXY.as_user(call), call.services.volume.reservations
    type_ = reservations.type_of(user, pod, volume_id)
    async with reservations.hold(user, each, type_) as held:
        answer = await PROXY.send(call, pod, orjson.dumps(body))
        if answer.status < 300:
            # As with volumes: nothing that a clean-up may delete.
            id_ = answer.json()["snapshot"]["id"]
            await call.services.volume.objects.found(
                "snapshot", pod, call.caller, {id_: volume_id}
            )
            held.commit(pod)
    return await PROXY.answer(call, answer)


routes = manageable.serve("/manageable_snapshots", "manageable-snapshots", manage).with_handlers(
    VOLUME.since(manageable.NEWER)
)
