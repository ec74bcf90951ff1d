"""/v1.0/topology: a project's networks across pods, as JSON, as a picture and in a browser."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.browser import BINARY, open_page
from tests.support.client import Answer, Json, User, send
from tests.support.stack import Stack
from tests.support.topology import Site

# Where the picture in the README comes from.
SCREENSHOT = os.environ.get("TRIO2O_SCREENSHOT", "")
NAME = "<b>net</b>"


@dataclass
class Built:
    """The guide's project: two servers in two pods, a router out, a floating IP for one."""

    project_id: str
    router: str
    floating: Json
    address: str


@pytest.fixture(scope="module")
def built(stack: Stack) -> Iterator[Built]:
    site = Site(stack, stack.tenant())
    near, far = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    for net, name in ((near, "net1"), (far, NAME)):
        site.user.network.put(f"/networks/{net.id}", {"network": {"name": name}})
    outside, router = site.external("Pod2"), site.router()
    site.attach(router, near)
    site.attach(router, far)
    site.gateway(router, outside)
    server = site.boot(near)
    site.boot(far)
    floating = site.floating(outside, server["port_id"])
    site.active(router)
    stack.settle()
    address = server["port"]["fixed_ips"][0]["ip_address"]
    yield Built(site.user.project_id, router, floating, address)
    site.tear_down()


def test_everything_is_told_with_its_place_and_state(stack: Stack, built: Built) -> None:
    found = stack.admin.admin.get(f"/topology?project_id={built.project_id}")
    assert {pod["name"] for pod in found["pods"]} >= {"Pod1", "Pod2"}
    homes = {n["name"]: n["pod"] for n in found["networks"]}
    assert homes == {"net1": "Pod1", NAME: "Pod2", "ext-net": "Pod2"}
    (router,) = found["routers"]
    routes = {c["pod"]: [r["destination"] for r in c["routes"]] for c in router["copies"]}
    assert routes == {"Pod1": ["10.0.2.0/24"], "Pod2": ["10.0.1.0/24"]}
    assert {i["status"] for i in router["interfaces"]} == {"ACTIVE"}
    assert router["gateway"]["status"] == router["status"] == "ACTIVE"
    bridges = {b["kind"]: {c["pod"] for c in b["copies"]} for b in found["bridges"]}
    assert bridges == {"east-west": {"Pod1", "Pod2"}, "north-south": {"Pod1", "Pod2"}}
    (floating,) = found["floatingips"]
    assert (floating["status"], floating["fixed_ip_address"]) == ("ACTIVE", built.address)
    assert floating["job"]["state"] == "succeeded"
    assert f"floatingip-associate%2F{floating['id']}" in floating["job"]["links"][0]["href"]


def test_without_a_project_those_that_have_something_are_listed(
    stack: Stack, built: Built
) -> None:
    answer = stack.admin.admin("GET", "/topology")
    mine = [p for p in answer.body["projects"] if p["id"] == built.project_id]
    assert mine == [{"id": built.project_id, "networks": 2, "routers": 1}]
    nobody = stack.admin.admin.get("/topology?project_id=nobody")
    assert (nobody["networks"], nobody["routers"], nobody["floatingips"]) == ([], [], [])


def test_only_admins_see_it(stack: Stack, built: Built) -> None:
    for name in ("demo", "viewer"):
        path = f"/topology?project_id={built.project_id}"
        assert stack.users[name].admin("GET", path).status == 403
    assert send("GET", f"{stack.url}/v1.0/topology").status == 401
    # The page without a token knows nothing; it asks for one.
    answer = _page(stack, None, built)
    assert answer.status == 200
    assert built.project_id not in str(answer.body)


def test_nobody_frames_the_page_or_runs_another_script_in_it(stack: Stack, built: Built) -> None:
    answer = _page(stack, stack.admin, built)
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["default-src"] == "'none'"
    # As a browser takes it: from tag to tag.
    (script,) = re.findall(rb"<script>(.*?)</script>", answer.body, re.DOTALL)
    digest = b64encode(sha256(script).digest()).decode()
    assert policy["script-src"] == f"'sha256-{digest}'"


def test_names_are_text_and_no_markup(stack: Stack, built: Built) -> None:
    for kind in ("text/html", "image/svg+xml"):
        answer = _page(stack, stack.admin, built, kind)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "script-src" in answer.headers["content-security-policy"] or kind != "text/html"
        assert NAME.encode() not in answer.body
        assert b"&lt;b&gt;net&lt;/b&gt;" in answer.body


@pytest.mark.skipif(not BINARY, reason="there is no chromium here: apt-get install chromium")
async def test_a_browser_shows_it(stack: Stack, built: Built, tmp_path: Path) -> None:
    async with open_page(f"{stack.url}/v1.0/topology") as tab:
        await tab.until("!!document.getElementById('ask')")
        await tab.evaluate(f"field('token').value = '{stack.admin.token}'")
        await tab.evaluate("document.querySelector('#ask button').click()")
        choice = f"document.querySelector('a[data-project=\"{built.project_id}\"]')"
        await tab.until(f"!!{choice}")
        await tab.evaluate(f"{choice}.click()")
        await tab.until("!!document.querySelector('svg.topology')")
        texts = await tab.evaluate(
            "[...document.querySelectorAll('svg text')].map(t => t.textContent).join('\\n')"
        )
        for expected in ("Pod1", "Pod2", "net1", NAME, "10.0.2.0/24 via 100.64.", "router router"):
            assert expected in texts, texts
        assert f"{built.floating['floating_ip_address']} (ACTIVE)" in texts
        # What is drawn has a place on the picture, and links to its workflow.
        outside = await tab.evaluate(
            "(() => { const s = document.querySelector('svg').getBoundingClientRect();"
            " return [...document.querySelectorAll('svg rect')].filter(r => {"
            " const b = r.getBoundingClientRect();"
            " return b.width === 0 || b.right > s.right || b.bottom > s.bottom; }).length })()"
        )
        assert outside == 0
        link = await tab.evaluate("document.querySelector('svg a').getAttribute('href')")
        assert link.startswith(f"{stack.temporal.ui_url}/namespaces/default/workflows/")
        file = Path(SCREENSHOT) if SCREENSHOT else tmp_path / "topology.png"
        await tab.picture(file)
        assert file.read_bytes().startswith(b"\x89PNG")


def _page(
    stack: Stack, user: User | None, built: Built, kind: str = "text/html,*/*;q=0.8"
) -> Answer:
    headers = {"Accept": kind} | ({"X-Auth-Token": user.token} if user else {})
    url = f"{stack.url}/v1.0/topology?project_id={built.project_id}"
    return send("GET", url, None, headers)
