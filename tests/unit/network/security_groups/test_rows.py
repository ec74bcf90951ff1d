"""Security groups: what a new one needs."""

from __future__ import annotations

import pytest

from models.errors import OverQuota
from tests.unit.network.world import ADMIN, USER, World


async def test_a_group_is_made_with_its_rules_or_not_at_all(world: World) -> None:
    await world.groups.default_id(USER.project_id)
    used = (await world.quotas.details(USER.project_id))["security_group_rule"]["used"]
    for left, refused in ((1, True), (2, False)):
        limits = {"security_group_rule": used + left}
        await world.quotas.update(ADMIN, USER.project_id, limits)
        if refused:
            with pytest.raises(OverQuota, match="security_group_rule"):
                await world.groups.create(USER, {"name": "g"})
            assert len((await world.groups.list(USER, [])).items) == 1
        else:
            await world.groups.create(USER, {"name": "g"})
