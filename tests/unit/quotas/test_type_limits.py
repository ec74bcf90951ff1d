"""Limits on the volumes of one type."""

from __future__ import annotations

import pytest

from models.database.store import Store
from models.database.tables.volume import volume_types
from models.errors import BadRequest
from models.operations import Operations
from models.quotas.limits import Limits
from models.quotas.type_limits import TypeLimits
from models.values import Caller
from tests.unit.network.wiring import Offered, Spread


async def _ssd() -> str:
    return "ssd"


@pytest.fixture
def limits(store: Store) -> Limits:
    return Limits(store, Operations(store, Offered()), Spread())


async def test_a_limit_is_set_changed_and_forgotten(limits: Limits, admin: Caller) -> None:
    await limits.set_project(admin, "compute", "p", "", {"cores": 5})
    await limits.set_project(admin, "compute", "p", "", {"cores": 6, "ram": 1})
    await limits.set_project(admin, "compute", "p", "u", {"cores": 2})
    assert await limits.project("compute", "p") == {"cores": 6, "ram": 1}
    assert await limits.project("volume", "p") == {}
    await limits.delete(admin, "compute", "p", "u")
    assert await limits.project("compute", "p", "u") == {}
    await limits.delete(admin, "compute", "p", "")
    assert await limits.project("compute", "p") == {}


async def test_a_name_that_no_operation_can_have_is_refused(limits: Limits, admin: Caller) -> None:
    with pytest.raises(BadRequest, match="is too long"):
        await limits.set_class(admin, "compute", "c" * 255, {"cores": 1})


async def test_they_count_what_is_limited_and_follow_the_name(
    store: Store, limits: Limits, admin: Caller
) -> None:
    types = TypeLimits(store, limits)
    each = {"volumes": 1, "gigabytes": 7}
    assert await types.amounts("p", each, _ssd) == {}
    await limits.set_class(admin, "volume", "default", {"gigabytes_hdd": 10})
    await limits.set_project(admin, "volume", "p", "", {"volumes_hdd": -1})
    await types.renamed("hdd", "ssd")
    assert await types.amounts("p", each, _ssd) == {"gigabytes_ssd": 7}
    await types.forget("ssd")
    assert await limits.named_class("volume") == {}


async def test_types_without_a_copy_are_shown(store: Store, limits: Limits) -> None:
    async with store.write() as tx:
        await tx.insert(volume_types, {"id": "t", "name": "ssd"})
    figures = {"volumes_ssd": {"limit": 3, "in_use": 1, "reserved": 0}}
    await TypeLimits(store, limits).complete(figures)
    assert figures["volumes_ssd"]["limit"] == 3
    assert figures["gigabytes_ssd"] == {"limit": -1, "in_use": 0, "reserved": 0}
