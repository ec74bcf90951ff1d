"""The stack that the tests of a session share; its logs are shown when one fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.client import User
from tests.support.stack import Stack

_RUNNING: list[Stack] = []


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Three simulated regions, Temporal, a migrated database, gateway and worker."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    _RUNNING.append(stack)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


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
