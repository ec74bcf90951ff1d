"""/os-server-external-events: each event goes to the pod of its server."""

import asyncio
from typing import Any

import orjson

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from models.compute import bodies
from models.errors import GatewayError
from models.values import Pod

routes = Routes()
Event = dict[str, Any]


@routes.route("POST", "/os-server-external-events", admin=True)
async def create(call: Call) -> Answer:
    """Pass events on; answer 207 when some came to nothing."""
    events = (await call.json("", bodies.events(COMPUTE.of(call))))["events"]
    homes = [await _home(call, event) for event in events]
    done: list[Event] = [dict(event) | {"status": "failed", "code": 404} for event in events]
    pods = list(dict.fromkeys(home for home in homes if home is not None))
    if not pods:
        # Wrong or of no server: a pod says which.
        pods = (await call.services.pods.serving("compute"))[:1]
        homes = [pods[0] for _ in events] if pods else homes
    await asyncio.gather(*(_pass_on(call, pod, events, homes, done) for pod in pods))
    bad = any(event["code"] != 200 for event in done)
    return Answer(207 if bad else 200, {"events": done})


async def _home(call: Call, event: Event) -> Pod | None:
    return await call.services.places.pod_of(call.caller, "server", event["server_uuid"])


async def _pass_on(
    call: Call, pod: Pod, events: list[Event], homes: list[Pod | None], done: list[Event]
) -> None:
    mine = [number for number, home in enumerate(homes) if home == pod]
    sent = [await _in_pod(call, pod, events[number]) for number in mine]
    try:
        answer = await PROXY.send(call, pod, orjson.dumps({"events": sent}))
    except GatewayError:
        for number in mine:
            done[number]["code"] = 503
        return
    if answer.status >= 300:
        raise answer.refusal("events")
    for number, outcome in zip(mine, answer.json()["events"], strict=True):
        done[number] |= {"status": outcome["status"], "code": outcome["code"]}


async def _in_pod(call: Call, pod: Pod, event: Event) -> Event:
    """Return the event with the pod's id of the port it is about."""
    tag = event.get("tag")
    if not isinstance(tag, str) or not str(event.get("name")).startswith("network-"):
        return event
    bottom = await call.services.routings.bottom_id("port", tag, pod)
    return event | {"tag": bottom or tag}
