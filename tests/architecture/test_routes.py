"""A stranger who sees a URL knows the file, and the page of routes tells the truth.

The rule, without exceptions: leave out the prefix, the version and every argument of the path.
What is left are nouns; write them without ``os-`` and with ``_`` for ``-``. The first names the
file, ``api/<service>/<noun>.py``. Where that is a room, ``api/<service>/<noun>/``, the next noun
names a file in it, if there is such a file; what the room has no file for is in its
``__init__.py``. A path without a noun is a version document, ``api/<service>/versions.py``.
A service that is no more than declarations is one file, ``api/<service>.py``.
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api import routes
from api.http import Route
from api.main import APIS
from api.nouns import gather

ROOT = Path(__file__).parents[2]
VERSION = re.compile(r"^/v\d+(\.\d+)?(?=/|$)")
ROUTES = [
    pytest.param(api.name, route, id=f"{route.method} {api.name}{route.path}")
    for api in APIS
    for route in (*api.public().declared, *api.routes().declared)
]
# They tell, or with some methods refuse, what is always the same.
ASK_NOBODY = {
    "/compute/v2",
    "/network/",
    "/network/v2.0/",
    "/network/v2.0/agents",
    "/network/v2.0/extensions",
    "/network/v2.0/extensions/{alias}",
    "/network/v2.0/quotas/tenant",
    "/network/v2.0/quotas/project",
    "/image/",
    "/image/versions",
    "/",
    "/v1.0",
}


@pytest.mark.parametrize(("service", "route"), ROUTES)
def test_the_file_follows_from_the_path(service: str, route: Route) -> None:
    file = importlib.import_module(route.module).__file__
    assert file is not None
    assert Path(file).relative_to(ROOT).as_posix() == _file(service, route.path)


@pytest.mark.parametrize(
    ("service", "path", "file"),
    [
        ("compute", "/os-keypairs/{name}", "api/compute/keypairs.py"),
        ("compute", "/os-server-groups", "api/compute/server_groups.py"),
        ("compute", "/servers/{id}/action", "api/compute/servers/action.py"),
        ("compute", "/servers/{parent_id}/tags/{id}", "api/compute/servers/__init__.py"),
        ("network", "/networks/{id}/dhcp-agents", "api/network/networks.py"),
        ("volume", "/v3", "api/volume/versions.py"),
        ("declared", "/things/{id}", "api/declared.py"),
    ],
)
def test_the_rule_is_this(service: str, path: str, file: str) -> None:
    assert _file(service, path) == file


def test_the_page_is_what_the_command_prints() -> None:
    command = (sys.executable, "-m", "api.routes", "--markdown")
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    page = (ROOT / "deploy" / "docs" / "routes.md").read_text()
    assert page == printed.stdout, "make it again: its first line says how"


def test_every_route_is_told_with_what_it_asks() -> None:
    lines = [line for api in APIS for line in routes.lines(api)]
    assert len(lines) == len(ROUTES)
    assert {line.path for line in lines if not line.logic} == ASK_NOBODY


def test_no_file_serves_what_another_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = "from api.http import Answer, Route, Routes\nroutes = Routes()\n"
    served += 'routes.add(Route("GET", "/things", Answer))\n'
    folder = tmp_path / "api_with_things"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "things.py").write_text(served)
    monkeypatch.syspath_prepend(tmp_path)
    gathered = gather("api_with_things").declared
    assert [route.module for route in gathered] == ["api_with_things.things"]
    (folder / "twice.py").write_text(served)
    importlib.invalidate_caches()
    with pytest.raises(ValueError, match=r"api_with_things\.twice serves"):
        gather("api_with_things")


def _file(service: str, path: str) -> str:
    segments = [s for s in VERSION.sub("", path).split("/") if s and not s.startswith("{")]
    nouns = [segment.removeprefix("os-").replace("-", "_") for segment in segments]
    at = ROOT / "api" / service
    for noun in nouns or ["versions"]:
        if not (at / noun).is_dir() and not (at / f"{noun}.py").is_file():
            break
        at /= noun
    file = at / "__init__.py" if at.is_dir() else at.with_suffix(".py")
    return file.relative_to(ROOT).as_posix()
