"""A tenant of its own for each test, whose traces are gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.client import User
from tests.support.stack import Stack
from tests.support.topology import Site


@pytest.fixture
def site(stack: Stack, tenant: User) -> Iterator[Site]:
    """What is made with it is undone through the gateway, and must leave nothing anywhere."""
    site = Site(stack, tenant)
    with stack.nothing_left():
        yield site
        site.tear_down()
