"""What an operator works with, and a Keystone that knows a little."""

from __future__ import annotations

import pytest

from models.admin.bindings import Bindings
from models.admin.pods import PodRegistry
from models.database.store import Store
from models.pods import PodDirectory
from models.settings import Settings


class Keystone:
    """A Keystone with three regions and one project."""

    async def has_region(self, name: str) -> bool:
        return name in ("pod-4", "RegionOne", "pod-5")

    async def has_project(self, id_: str) -> bool:
        return id_ == "a" * 32


@pytest.fixture
def directory(store: Store) -> PodDirectory:
    return PodDirectory(store)


@pytest.fixture
def registry(store: Store, directory: PodDirectory) -> PodRegistry:
    return PodRegistry(Settings(), store, Keystone(), directory)


@pytest.fixture
def bindings(store: Store) -> Bindings:
    return Bindings(store, Keystone())
