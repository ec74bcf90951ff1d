"""Keystone: what a gateway and its clients ask it."""

from __future__ import annotations

from typing import Any

from tests.contract.client import Answer, send
from tests.contract.conftest import Places
from tests.contract.play import Play, Step
from tests.contract.shapes import shape


def test_identity(places: Places) -> None:
    places.compare(_identity)


def _identity(play: Play) -> None:
    admin, demo = play.login("trio2o"), play.login("demo")
    base = demo.auth["auth_url"]

    def ask(method: str, path: str, token: str = "", expect: int = 200, **headers: str) -> Answer:
        given = {"X-Auth-Token": token} if token else {}
        answer = send(method, f"{base}{path}", {**given, **headers})
        where = f"{play.cloud.name}: {method} {path}"
        assert answer.status == expect, f"{where}: {answer.status}: {answer.body}"
        label = f"{method} identity {path.split('?')[0].split('/')[1:2]}"
        play.steps.append(Step(label, answer.status, answer.error, shape(answer.body)))
        return answer

    ask("GET", "")
    subject = {"X-Subject-Token": demo.token}
    described = ask("GET", "/auth/tokens", admin.token, **subject).body["token"]
    assert {row["name"] for row in described["roles"]} == {"member", "reader"}
    bare: Any = ask("GET", "/auth/tokens?nocatalog", admin.token, **subject).body
    assert "catalog" not in bare["token"]
    assert ask("HEAD", "/auth/tokens", admin.token, **subject).body is None
    ask("GET", "/auth/tokens", demo.token, **subject)
    ask("GET", "/auth/tokens", demo.token, 403, **{"X-Subject-Token": admin.token})
    ask("GET", "/auth/tokens", admin.token, 404, **{"X-Subject-Token": "nonsense"})
    ask("GET", "/auth/tokens", "nonsense", 401, **subject)
    for region in ("RegionOne", "Pod1", "Pod2"):
        assert ask("GET", f"/regions/{region}", admin.token).body["region"]["id"] == region
    ask("GET", "/regions/Nowhere", admin.token, 404)
    ask("GET", "/regions", admin.token)
    ask("GET", f"/projects/{demo.project_id}", admin.token)
    ask("GET", f"/projects/{demo.project_id}", demo.token)
    ask("GET", "/projects?name=demo", admin.token)
    ask("GET", "/projects", demo.token, 403)
    ask("GET", f"/users/{demo.user_id}", admin.token)
    ask("GET", "/services?type=network", admin.token)
    ask("GET", "/endpoints?interface=public&region_id=Pod1", admin.token)
    ask("GET", "/endpoints", demo.token, 403)
    ask("GET", "/auth/projects", demo.token)
    ask("GET", "/auth/catalog", demo.token)


def test_signing_in(places: Places) -> None:
    places.compare(_sign_in)


def _sign_in(play: Play) -> None:
    login = play.login("demo")

    def attempt(user: dict[str, Any], project: str, expect: int) -> Answer:
        domain = {"id": "default"}
        body = {
            "auth": {
                "identity": {
                    "methods": ["password"],
                    "password": {"user": {"domain": domain, **user}},
                },
                "scope": {"project": {"name": project, "domain": domain}},
            }
        }
        answer = send("POST", f"{login.auth['auth_url']}/auth/tokens", {}, body)
        assert answer.status == expect, f"{play.cloud.name}: {answer.status}: {answer.body}"
        play.steps.append(Step("sign in", answer.status, answer.error, shape(answer.body)))
        return answer

    right = {"name": "demo", "password": login.auth["password"]}
    token = attempt(right, "demo", 201).headers["x-subject-token"]
    attempt({**right, "password": "wrong"}, "demo", 401)
    attempt({**right, "name": "nobody"}, "demo", 401)
    attempt(right, "alt", 401)
    headers = {"X-Auth-Token": token, "X-Subject-Token": token}
    gone = send("DELETE", f"{login.auth['auth_url']}/auth/tokens", headers)
    assert gone.status in (204, 403)
