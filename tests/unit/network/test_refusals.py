"""What bad input gets of the models: the tables that are played to the API, without it.

What others refuse is left out: the API what a reader may not do and bodies of no form, the pods
provider networks that they cannot make.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml

from models.values import Caller
from tests.api.network.refusals.world import World, member
from tests.unit.databases import fresh
from tests.unit.network.asking import Run, User
from tests.unit.network.wiring import Network

FOLDER = Path(__file__).parents[2] / "api" / "network" / "refusals"
TABLES = sorted(FOLDER.glob("*.yaml"))


def _refused_elsewhere(row: dict[str, Any]) -> bool:
    formless = "raw" in row and not row["do"].endswith(("_addresses", "_prefixes", "_interface"))
    of_a_pod = row["do"].startswith("POST") and "provider:network_type" in str(row)
    return row.get("as") == "reader" or formless or of_a_pod


ROWS = [
    pytest.param(table, number, id=f"{table.stem}: {row['it']}")
    for table in TABLES
    for number, row in enumerate(yaml.safe_load(table.read_text()))
    if not _refused_elsewhere(row)
]
PROJECTS = {role: role.encode().hex().ljust(32, "a") for role in ("owner", "other", "poor")}


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="module")
def world(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    store = fresh(tmp_path_factory.mktemp("refusals") / "unit.db")
    network = Network(store)
    callers = {role: Caller(role, id_, ("member",)) for role, id_ in PROJECTS.items()}
    callers["admin"] = Caller("admin", "f" * 32, ("admin",), admin=True)
    users = {role: User(run, network, caller) for role, caller in callers.items()}
    world = World(users, PROJECTS)
    world.fill()
    yield world
    world.clear()
    run(store.close())


@pytest.fixture(scope="module")
def rows(world: World) -> dict[Path, Any]:
    texts = {table: Template(table.read_text()).substitute(world.names) for table in TABLES}
    return {table: yaml.safe_load(text) for table, text in texts.items()}


@pytest.mark.parametrize(("table", "number"), ROWS)
def test_refusal(world: World, rows: dict[Path, Any], table: Path, number: int) -> None:
    row = rows[table][number]
    method, _, path = row["do"].partition(" ")
    body = {member(path): row["with"]} if "with" in row else row.get("raw")
    answer = world.users[row.get("as", "owner")](method, path, body)
    assert f"{answer.status} {answer.fault}" == row["is"], answer.body
    said = ".*".join(re.escape(part) for part in row["says"].split("..."))
    assert re.fullmatch(said, answer.message, re.DOTALL), answer.message
