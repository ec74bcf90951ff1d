"""What the rows of the compute API are made of."""

from __future__ import annotations

import pytest

from models.database.store import Store
from models.operations import Operations
from models.pods import PodDirectory
from tests.unit.network.wiring import Offered


@pytest.fixture
def pods(store: Store) -> PodDirectory:
    return PodDirectory(store)


@pytest.fixture
def operations(store: Store) -> Operations:
    return Operations(store, Offered())
