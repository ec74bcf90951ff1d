"""Gateway and worker of this checkout in front of the lab, which has to be up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.lab import STATE, LabStack
from tests.support.topology import Site


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabStack]:
    """Temporal, a migrated database, gateway and worker on ports of their own."""
    if not (STATE / "clouds.yaml").exists():
        pytest.skip(f"the lab was never up: there is no clouds.yaml in {STATE}")
    with LabStack(tmp_path_factory.mktemp("lab")) as stack:
        yield stack


@pytest.fixture
def site(stack: LabStack) -> Iterator[Site]:
    """What is made with it is undone through the gateway, and must leave nothing in the pods."""
    site = Site(stack, stack.tenant())
    with stack.nothing_left():
        yield site
        site.tear_down()
