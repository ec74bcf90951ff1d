"""The image API where every pod has a Glance of its own: one list, one image wherever it lies."""

import asyncio
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from activities.pods.region import PodAnswer
from api.http import Answer, Call, Headers
from api.image.forwarding import forward, passed_on
from api.links import moved, page_path
from models.errors import BadRequest, NotFound, PodUnavailable
from models.failures import lacking
from models.numbers import digits
from models.pages import cut
from models.sorts import sort_value
from models.values import Pod

_LIMIT, _MAX = 25, 1000
_PAGING = {"limit", "marker", "sort", "sort_key", "sort_dir"}
# These concern the one place where the bytes come to.
_AT_HOME = ("file", "stage", "import")
Held = list[tuple[Pod, dict[str, Any]]]


async def serve(call: Call) -> Answer:
    """Answer a call, from all pods or from those that have the image."""
    segments = call.path.strip("/").split("/")
    if segments[0] != "images":
        return await forward(call, await home(call))
    if len(segments) == 1:
        return await (_list(call) if call.method == "GET" else _create(call))
    held = await _holders(call, segments[1])
    if call.method in ("GET", "HEAD"):
        return await forward(call, _best(held, "active"))
    if segments[2:3] and segments[2] in _AT_HOME:
        return await forward(call, _best(held, "queued", "uploading", "importing"))
    return await _everywhere(call, [pod for pod, _ in held])


async def home(call: Call) -> Pod:
    """Return the pod that the project's new images go to."""
    project = call.caller.project_id
    return (await call.services.placement.candidates(project, needs=("image",)))[0]


async def _create(call: Call) -> Answer:
    return await forward(call, await home(call))


async def _list(call: Call) -> Answer:
    """Answer one page of the images of all pods, each of them once."""
    params = call.params
    asked = dict(params)
    limit = asked.get("limit", str(_LIMIT))
    if not limit.isdecimal():
        raise BadRequest("limit param must be an integer")
    kept = [(key, value) for key, value in params if key not in _PAGING]
    pods = await call.services.pods.serving("image")
    asked_of = partial(_all_of, call, params=kept)
    parts, call.missing = await call.services.fanout.each(pods, asked_of)
    images: dict[str, dict[str, Any]] = {}
    for image in (image for part in parts for image in part):
        known = images.get(image["id"])
        # The copies of an image are younger than it is.
        if known is None or image["created_at"] < known["created_at"]:
            images[image["id"]] = image
    rows = _sorted(list(images.values()), params)
    size = min(digits(limit), _MAX)
    # One more tells whether there is another page.
    rows, _ = cut(rows, asked.get("marker"), size + 1, _no_marker, key=lambda row: row["id"])
    page = rows[:size]
    body: dict[str, Any] = {
        "images": page,
        "first": _path([*(pair for pair in params if pair[0] != "marker"), *call.ours]),
        "schema": "/v2/schemas/images",
    }
    if page and len(rows) > size:
        body["next"] = f"/v2{page_path(call, page[-1]['id'])}"
    return Answer(200, body)


def _no_marker(marker: str) -> BadRequest:
    return BadRequest(f"Invalid marker. Image {marker} could not be found.")


async def _all_of(call: Call, pod: Pod, params: list[tuple[str, str]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    query = [*params, ("limit", str(_MAX))]
    while True:
        answer = await _ask(call, pod, "GET", f"/images?{urlencode(query)}")
        if answer.status >= 400:
            raise answer.refusal("list images")
        body = answer.json()
        found += body["images"]
        if "next" not in body:
            return found
        query = parse_qsl(urlsplit(body["next"]).query)


async def _holders(call: Call, image_id: str) -> Held:
    """Return the pods that have the image, and what they say of it."""
    pods = await call.services.pods.serving("image")
    path = f"/images/{image_id}"

    async def one(pod: Pod) -> PodAnswer | PodUnavailable:
        try:
            return await _ask(call, pod, "GET", path)
        except PodUnavailable as error:
            return error

    told = await asyncio.gather(*(one(pod) for pod in pods))
    silent = [one for one in told if isinstance(one, PodUnavailable)]
    answers = [one for one in told if not isinstance(one, PodUnavailable)]
    held = [(answer.pod, answer.json()) for answer in answers if answer.status == 200]
    if silent and (not held or call.method not in ("GET", "HEAD")):
        raise lacking(silent, f"whether it has image {image_id} is unknown")
    if held:
        return held
    if not answers or answers[0].status < 400:
        raise NotFound(f"No image found with ID {image_id}")
    raise answers[0].refusal(f"show {path}")


async def _everywhere(call: Call, pods: list[Pod]) -> Answer:
    """Change every copy; answer what the first pod answers, or the first that refuses."""
    body = await call.body()
    query = f"?{call.query}" if call.query else ""
    first: PodAnswer | None = None
    for pod in pods:
        answer = await _ask(call, pod, call.method, call.path + query, body)
        if first is None or answer.status >= 400:
            first = answer
        if answer.status >= 400:
            break
    if first is None:
        raise NotFound("No image found")
    root = await call.services.regions.root(first.pod.pod_name, "image")
    headers: Headers = []
    for name in (b"content-type", b"location"):
        if name in first.headers:
            value = first.headers[name]
            if name == b"location":
                value = moved(value.decode("latin-1"), call.base, root).encode("latin-1")
            headers.append((name, value))
    return Answer(first.status, headers=headers, raw=first.body)


async def _ask(
    call: Call, pod: Pod, method: str, path: str, body: bytes | None = None
) -> PodAnswer:
    headers = passed_on(call)
    if method == "GET":
        headers = {key: value for key, value in headers.items() if key != "content-type"}
    headers.pop("content-length", None)
    answer = await call.services.regions.forward(
        pod, "image", method, path, headers=headers, body=body
    )
    return answer.judged()


def _best(held: Held, *statuses: str) -> Pod:
    return next((pod for pod, image in held if image["status"] in statuses), held[0][0])


def _sorted(images: list[dict[str, Any]], params: list[tuple[str, str]]) -> list[dict[str, Any]]:
    keys = [value for name, value in params if name == "sort_key"]
    ways = [value for name, value in params if name == "sort_dir"] or ["desc"]
    wishes = [(key, ways[min(n, len(ways) - 1)]) for n, key in enumerate(keys)]
    for part in dict(params).get("sort", "").split(","):
        key, _, way = part.strip().partition(":")
        if key:
            wishes.append((key, way or "desc"))
    images.sort(key=lambda image: (image["created_at"], image["id"]), reverse=True)
    for key, way in reversed(wishes):
        images.sort(key=lambda image: sort_value(image, (key,)), reverse=way != "asc")
    return images


def _path(params: list[tuple[str, str]]) -> str:
    return f"/v2/images?{urlencode(params)}" if params else "/v2/images"
