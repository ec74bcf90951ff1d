"""What manageable volumes and snapshots have in common: the host they lie on, and their lists."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from activities.pods.versions import Version
from api.http import Answer, Call, Handler, Routes
from api.microversions import VOLUME
from api.volume.hosts import pods_with
from api.volume.proxy import PROXY
from models.errors import BadRequest, NotFound, PodUnavailable
from models.pages import cut
from models.values import Pod
from models.volume import checks

# From here on the newer paths exist, and lists may be of a cluster.
NEWER, _CLUSTERED = (3, 8), (3, 17)
_OURS = ("marker", "limit", "offset")
# Cinder's largest page.
_MOST = 1000


def backend(call: Call, given: Mapping[str, Any], clustered: Version) -> tuple[str, str]:
    """Return "host" or "cluster", and the name of the one that is given; ``BadRequest``."""
    both = VOLUME.of(call) >= clustered
    host, cluster = given.get("host"), given.get("cluster") if both else None
    if bool(host) == bool(cluster):
        rule = "One and only one of cluster and host must be set."
        raise BadRequest(f"Invalid input received: {rule if both else 'Host field is missing.'}")
    kind, name = ("host", host) if host else ("cluster", cluster)
    if not isinstance(name, str):
        raise checks.refuse(kind, name, f"{name!r} is not of type 'string', 'null'")
    return kind, name


async def pods_of(call: Call, kind: str, name: str) -> tuple[list[Pod], list[PodUnavailable]]:
    """Return the pods with the back end, of whichever of its pools; and who does not answer."""
    wanted = name.partition("#")[0]

    def matches(service: dict[str, Any]) -> bool:
        return service["binary"] == "cinder-volume" and service.get(kind) == wanted

    return await pods_with(call, matches, f"a {kind} {name}")


def serve(path: str, collection: str, manage: Handler) -> Routes:
    """Return the routes that list what lies on a host, and make an object of it."""
    routes = Routes()

    async def listed(call: Call) -> Answer:
        return await _listed(call, collection)

    for below in ("", "/detail"):
        routes.route("GET", path + below, admin=True)(listed)
    routes.route("POST", path, admin=True)(manage)
    return routes


async def _listed(call: Call, collection: str) -> Answer:
    """Answer what lies on a host; of all pods that have one of that name."""
    kind, name = backend(call, dict(call.params), _CLUSTERED)
    pods, call.missing = await pods_of(call, kind, name)
    if not pods:
        where = f" on host {name}" if kind == "host" else ""
        raise NotFound(f"Service cinder-volume could not be found{where}.")
    if len(pods) == 1:
        return await PROXY.relay(call, pods[0])
    entries = [entry for pod in pods for entry in await _entries(call, pod, collection)]
    return Answer(200, {collection: _page(call, entries)})


async def _entries(call: Call, pod: Pod, collection: str) -> list[dict[str, Any]]:
    kept = [(key, value) for key, value in call.params if key not in _OURS]
    found: list[dict[str, Any]] = []
    params = kept
    while True:
        path = f"{call.path}?{urlencode(params)}"
        answer = await PROXY.send(call, pod, method="GET", path=path)
        if answer.status >= 400:
            raise answer.refusal(f"list {collection}")
        listed = answer.json()[collection]
        found += listed
        if len(listed) < _MOST:
            return found
        params = [*kept, ("marker", orjson.dumps(listed[-1]["reference"]).decode())]


def _page(call: Call, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the page asked for, in Cinder's order. The pods have judged how it is asked."""
    sort = call.param("sort") or f"{call.param('sort_key', 'reference')}:{call.param('sort_dir')}"
    for wish in reversed(sort.split(",")):
        key, _, direction = wish.strip().partition(":")
        entries.sort(key=lambda entry: _value(entry[key]), reverse=direction != "asc")
    start = checks.number(call.param("offset") or None, "offset", 0)
    limit = min(checks.number(call.param("limit") or None, "limit", _MOST), _MOST)
    marker = call.param("marker")
    try:
        # In a tuple, since any JSON may be a reference, null too.
        reference = (orjson.loads(marker),) if marker else None
    except orjson.JSONDecodeError:
        why = f"marker {marker} can not be analysed, please use json like format"
        raise BadRequest(f"Invalid input received: {why}") from None

    def missing(_: Any) -> BadRequest:
        return BadRequest(f"Invalid input received: marker not found: {marker}")

    page, _ = cut(
        entries, reference, limit, missing, offset=start, key=lambda entry: (entry["reference"],)
    )
    return page


def _value(value: Any) -> Any:
    return min(value.values()) if isinstance(value, dict) else value
