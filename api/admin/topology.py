"""/topology: a project's networks across pods, as JSON, as a picture and as a page."""

from api.admin.topology_page import SCRIPT_SOURCE, page
from api.admin.topology_picture import picture
from api.http import Answer, Call, Routes

routes = Routes()
_SVG, _HTML = "image/svg+xml", "text/html"


@routes.route("GET", "/topology", admin=True)
async def show(call: Call) -> Answer:
    """Show the topology of ``project_id``; without one, the projects that have any."""
    view, kind = call.services.admin.topology, _wanted(call)
    project_id = call.param("project_id")
    found = await view.project(project_id) if project_id else None
    if kind == _SVG and found:
        return _text(_SVG, picture(found))
    if kind == _HTML:
        return _text(_HTML, page(await view.projects(), found))
    if found:
        return Answer(body={"topology": found})
    return Answer(body={"projects": await view.projects()})


def welcome(call: Call) -> Answer | None:
    """Return the page that asks for a token, where a browser without one asks for the topology."""
    if call.headers.get("x-auth-token") or call.method != "GET" or _wanted(call) != _HTML:
        return None
    if call.path.rstrip("/") != "/v1.0/topology":
        return None
    return _text(_HTML, page([], None))


def _wanted(call: Call) -> str:
    """Return the first of the kinds that the client names; JSON when it names none of them."""
    for part in call.headers.get("accept", "").split(","):
        kind = part.partition(";")[0].strip().lower()
        if kind in (_SVG, _HTML):
            return kind
        if kind == "application/json":
            break
    return "application/json"


def _text(kind: str, text: str) -> Answer:
    policy = "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'"
    # None of these three is among the defaults.
    policy += "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    if kind == _HTML:
        policy += f"; script-src {SCRIPT_SOURCE}"
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
    ]
    return Answer(raw=text.encode(), headers=headers)
