"""The page around the picture. It needs a token, which stays in the page's own memory."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any

from api.admin.topology_picture import STYLE, picture

_SCRIPT = """
const field = name => document.getElementById(name);
async function show() {
  const project = encodeURIComponent(field("project").value.trim());
  const answer = await fetch("?project_id=" + project, {
    headers: { "Accept": "text/html", "X-Auth-Token": field("token").value.trim() } });
  field("problem").textContent = answer.ok ? "" : answer.status + " " + answer.statusText;
  if (!answer.ok) return;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(told.querySelector("main"));
}
field("ask").addEventListener("submit", event => { event.preventDefault(); show(); });
document.addEventListener("click", event => {
  const link = event.target.closest("a[data-project]");
  if (!link) return;
  event.preventDefault();
  field("project").value = link.dataset.project;
  show();
});
"""
_DIGEST = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
# For the page's Content-Security-Policy: no other script is run in it.
SCRIPT_SOURCE = f"'sha256-{_DIGEST}'"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Trio2o: topology</title>
<style>
body {{ font: 14px/1.4 sans-serif; margin: 1.5em; color: #1c2733; }}
h1 {{ font-size: 1.3em; margin: 0 0 .6em; }}
form {{ margin-bottom: 1em; }}
input {{ font: inherit; padding: .2em .4em; width: 18em; }}
table {{ border-collapse: collapse; margin-top: 1.2em; }}
td, th {{ border-bottom: 1px solid #d5dbe1; padding: .25em .9em .25em 0; text-align: left; }}
#problem {{ color: #b3261e; }}
{style}
</style>
</head>
<body>
<h1>Trio2o: topology</h1>
<form id="ask">
<input id="token" type="password" placeholder="an admin's token" autocomplete="off" required>
<input id="project" placeholder="project id (empty: list them)" value="{project}">
<button>Show</button> <span id="problem"></span>
</form>
<main>{main}</main>
<script>{script}</script>
</body>
</html>
"""


def page(projects: list[dict[str, Any]], topology: dict[str, Any] | None) -> str:
    """Return the page with a project's picture, or with the projects to choose from."""
    shown = topology["project_id"] if topology else ""
    main = _topology(topology) if topology else _projects(projects)
    return _PAGE.format(style=STYLE, script=_SCRIPT, project=escape(shown), main=main)


def _projects(projects: list[dict[str, Any]]) -> str:
    if not projects:
        return ""
    rows = [
        f'<tr><td><a href="#" data-project="{escape(p["id"])}">{escape(p["id"] or "-")}</a></td>'
        f"<td>{p['networks']}</td><td>{p['routers']}</td></tr>"
        for p in projects
    ]
    return _table(("project", "networks", "routers"), rows)


def _topology(topology: dict[str, Any]) -> str:
    rows = []
    for router in topology["routers"]:
        pieces = [("router", router, router["name"] or router["id"])]
        pieces += [("interface", i, ", ".join(i["addresses"])) for i in router["interfaces"]]
        if router["gateway"]:
            pieces.append(
                ("gateway", router["gateway"], ", ".join(router["gateway"]["addresses"]))
            )
        rows += [_piece(*piece) for piece in pieces]
    for floating in topology["floatingips"]:
        rows.append(_piece("floating IP", floating, floating["floating_ip_address"]))
    return picture(topology) + _table(("piece", "", "state", "job"), rows)


def _piece(kind: str, piece: dict[str, Any], name: str) -> str:
    job = piece["job"]
    told = ""
    if job:
        href, error = job["links"][0]["href"], escape(job["error"] or "")
        told = f'<a href="{escape(href)}">{escape(job["type"])}</a> {escape(job["state"])} {error}'
    return (
        f"<tr><td>{kind}</td><td>{escape(name)}</td>"
        f"<td>{escape(piece['status'])}</td><td>{told}</td></tr>"
    )


def _table(heads: tuple[str, ...], rows: list[str]) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"
