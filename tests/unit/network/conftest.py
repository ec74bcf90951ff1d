"""Collections on a fresh database without quotas, and the whole of the network models."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from models.database.store import Store, Transaction
from models.network.address_scopes import AddressScopes
from models.network.subnetpools import Subnetpools
from models.resource import Kind
from models.settings import Settings
from tests.unit.network.wiring import Network
from tests.unit.network.world import World


class Unlimited:
    """Quotas of a project that may have any number of objects."""

    settings = Settings()

    async def guard(
        self, tx: Transaction, kind: Kind, project_id: str, *, number: int = 1
    ) -> None:
        return


@pytest.fixture
def scopes(store: Store) -> AddressScopes:
    return AddressScopes(store, Unlimited())


@pytest.fixture
def pools(store: Store, scopes: AddressScopes) -> Subnetpools:
    return Subnetpools(store, Unlimited(), scopes)


@pytest.fixture
def network(store: Store) -> Network:
    return Network(store)


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    made = World(store)
    yield made
    await made.settle()
