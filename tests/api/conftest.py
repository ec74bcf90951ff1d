"""What the tests of the APIs share: a gateway on the other database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import postgresql
from tests.support.stack import Stack
from tests.support.topology import Site


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own whose database is PostgreSQL's."""
    if reason := postgresql.missing():
        pytest.skip(f"PostgreSQL: {reason}")
    with postgresql.server() as server:
        url = server.database("trio2o")
        with Stack(tmp_path_factory.mktemp("postgresql"), url) as stack:
            yield stack


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def site_on_either(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A tenant of its own, on each database; what it leaves is taken away."""
    name = "stack" if request.param == "SQLite" else "on_postgresql"
    stack: Stack = request.getfixturevalue(name)
    site = Site(stack, stack.tenant())
    yield site
    site.tear_down()
