"""/clusters: enabled and disabled in the pod that has them; lists are the generic engine's."""

import orjson

from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.volume.hosts import pods_with
from api.volume.proxy import PROXY
from models.errors import BadRequest, NotFound
from models.resources.volume import CLUSTERS
from models.volume import checks

routes = Routes()
_SINCE = (3, 7)


@routes.route("PUT", "/clusters/{action}", admin=True)
async def update(call: Call) -> Answer:
    """Let a cluster take volumes, or not."""
    if VOLUME.of(call) < _SINCE:
        raise NotFound("The resource could not be found.", "HTTPNotFound")
    if call.args["action"] not in ("enable", "disable"):
        raise NotFound("Unknown action")
    body = await call.json()
    name = checks.text(checks.required(body, "name", "body"), "name")
    # Services tell of their clusters from the same version on.
    pods, _ = await pods_with(call, lambda s: s.get("cluster") == name, f"a cluster {name}")
    if len(pods) > 1:
        names = ", ".join(pod.pod_name for pod in pods)
        raise BadRequest(f"Several pods have a cluster {name}: {names}. Ask the pod itself.")
    if not pods:
        raise NotFound(f"Cluster {name} could not be found.")
    return await PROXY.relay(call, pods[0], orjson.dumps(body))


routes.include(PROXY.routes([CLUSTERS]))
