"""What is declared is also tested, replayed and documented."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from models.resource import Resource
from models.resources import compute, volume
from models.resources.network import NETWORK
from models.settings import Settings
from workflows.worker import WORKFLOWS

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"


def _pattern(path: str) -> str:
    return re.sub(r"\{[^}]*\}", r"[^/\\n]+", path)


@pytest.mark.parametrize(("service", "module"), [("compute", compute), ("volume", volume)])
def test_every_declared_resource_is_asked_for(service: str, module: ModuleType) -> None:
    text = "\n".join(path.read_text() for path in (TESTS / "api" / service).glob("*.yaml"))
    # What a test mentions in its name or in an answer is not asked for.
    asked = re.findall(r"^ +(?:GET|POST|PUT|PATCH|DELETE|url): +(\S.*)$", text, re.M)
    declared = _declared(module)
    assert len(declared) > 10
    assert [r.path for r in declared if not re.search(_pattern(r.path), "\n".join(asked))] == []


def _declared(module: ModuleType) -> list[Resource]:
    values = [v if isinstance(v, tuple) else (v,) for v in vars(module).values()]
    return [one for value in values for one in value if isinstance(one, Resource)]


def test_every_network_resource_has_its_file() -> None:
    there = {path.stem for path in (TESTS / "api" / "network").glob("*.yaml")}
    assert {kind.path.strip("/") for kind in NETWORK} - there == set()


def test_every_workflow_has_a_history_to_replay() -> None:
    recorded = {path.stem.partition("--")[0] for path in (TESTS / "replay").rglob("*.json")}
    names = {w.__temporal_workflow_definition.name for w in WORKFLOWS}  # type: ignore[attr-defined]
    assert names - recorded == set()


def test_every_option_is_in_the_page_for_operators() -> None:
    page = (ROOT / "deploy" / "docs" / "operations.md").read_text()
    table = re.findall(r"^\| `TRIO2O_([A-Z_]+)` \| (?:`(.*?)`)? \| (.*) \|$", page, re.M)
    assert table == [
        (name.upper(), str(option.default), option.description)
        for name, option in Settings.model_fields.items()
    ]
