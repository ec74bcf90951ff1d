"""A database of its own for each test, with three pods."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.database.store import Store
from models.values import Caller
from tests.unit.databases import fresh


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = fresh(tmp_path / "unit.db")
    yield store
    await store.close()


@pytest.fixture
def member() -> Caller:
    return Caller("user", "a" * 32, ("member",), request_id="req-1")


@pytest.fixture
def other() -> Caller:
    return Caller("other", "b" * 32, ("member",))


@pytest.fixture
def admin() -> Caller:
    return Caller("admin", "f" * 32, ("admin",), admin=True)
