"""The stack that the tests of a session share; its logs are shown when one fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import User
from tests.support.folders import memory
from tests.support.parts import part_of
from tests.support.stack import Stack

HERE = Path(__file__).parent
FILES = frozenset(HERE.rglob("test_*.py"))
_RUNNING: list[Stack] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--part``: several processes share the work, each with a stack of its own."""
    parser.addoption("--part", metavar="N/M", help="run one part of M of the files of tests")


def pytest_configure(config: pytest.Config) -> None:
    """Have the stacks' folders in memory, where that is possible."""
    if (folder := memory()) is not None:
        # As pytest's temporary folder, the last three stay to be looked at.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the files of the other parts to the other processes."""
    share = config.getoption("part")
    if share is None or collection_path not in FILES:
        return None
    asked = [Path(word).resolve() for word in config.args]
    files = [file for file in FILES if any(file.is_relative_to(path) for path in asked)]
    part, parts = (int(number) for number in share.split("/"))
    return collection_path not in part_of(files, HERE, part, parts) or None


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Three simulated regions, Temporal, a migrated database, gateway and worker."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    _RUNNING.append(stack)
    with stack:
        yield stack


@pytest.fixture
def tenant(stack: Stack) -> User:
    """Somebody new, alone in a new project."""
    return stack.tenant()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What the processes said before is not about this test."""
    for stack in _RUNNING:
        stack.mark_logs()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Add what the processes said to the report of a failure."""
    report = yield
    if report.failed and "stack" in getattr(item, "fixturenames", ()):
        for stack in _RUNNING:
            report.sections += [(f"log of the {name}", text) for name, text in stack.logs()]
    return report
