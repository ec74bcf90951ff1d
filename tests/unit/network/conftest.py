"""A database of its own for each test, and collections on it without quotas."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import models.database.tables  # noqa: F401  (registers every table)
from models.database.record import METADATA
from models.database.store import Row, Store, Transaction
from models.network.address_scopes import AddressScopes
from models.network.subnetpools import Subnetpools
from models.resource import Kind


class Unlimited:
    """Quotas of a project that may have any number of objects."""

    async def guard(self, tx: Transaction, kind: Kind, row: Row) -> None:
        return


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/unit.db")
    async with store.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield store
    await store.close()


@pytest.fixture
def scopes(store: Store) -> AddressScopes:
    return AddressScopes(store, Unlimited())


@pytest.fixture
def pools(store: Store, scopes: AddressScopes) -> Subnetpools:
    return Subnetpools(store, Unlimited(), scopes)
