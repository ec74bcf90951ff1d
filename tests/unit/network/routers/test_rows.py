"""Routers: what is asked of one, and what it shows of that."""

from __future__ import annotations

import pytest

from models.errors import Forbidden, NotFound
from tests.unit.network.world import ADMIN, EAST, USER, World


async def test_an_admin_asks_for_what_every_router_is(world: World) -> None:
    made = await world.routers.create(ADMIN, {"ha": True, "distributed": False})
    assert (made["ha"], "distributed" in made) == (True, False)
    changed = await world.routers.update(ADMIN, made["id"], {"ha": False})
    assert changed["ha"] is True
    for word in ("ha", "distributed"):
        with pytest.raises(Forbidden):
            await world.routers.create(USER, {word: True})


async def test_a_router_is_hinted_at_zones_that_there_are(world: World) -> None:
    for hint in (EAST.az_name, EAST.pod_name):
        made = await world.routers.create(USER, {"availability_zone_hints": [hint]})
        assert made["availability_zone_hints"] == [hint]
    with pytest.raises(NotFound) as refused:
        await world.routers.create(USER, {"availability_zone_hints": [EAST.az_name, "moon"]})
    assert refused.value.kind == "AvailabilityZoneNotFound"
