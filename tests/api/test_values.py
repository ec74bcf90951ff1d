"""Every value that a pod's own validators take is taken here, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stack import Stack
from tests.values.play import PYTHON, cases, differences, told
from tests.values.requests import COMPUTE, NETWORK, VOLUME, Request
from tests.values.world import World

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(),
    reason="no packages of a pod's services are here: deploy/lab installs them",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A cloud of its own: what is taken is made, and nobody takes it away."""
    folder: Path = tmp_path_factory.mktemp("values")
    with Stack(folder) as stack:
        yield World(stack)


@pytest.mark.parametrize(
    "requests", [COMPUTE, NETWORK, VOLUME], ids=["compute", "network", "volume"]
)
def test_values(world: World, requests: list[Request]) -> None:
    asked = list(cases(world, requests))
    # A map or a schema that is not read would find nothing to differ about.
    assert len(asked) > 1000
    found = asyncio.run(differences(world, asked))
    assert not found, "\n".join(told(found))
