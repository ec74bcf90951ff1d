"""Options that are refused at start."""

from __future__ import annotations

import pytest

from models.settings import Settings


def test_pools_of_bridge_vlans() -> None:
    settings = Settings(bridge_vlans="10:20,other:1:4094", bridge_physical_network="own")
    assert settings.bridge_vlan_ranges == [("own", 10, 20), ("other", 1, 4094)]


@pytest.mark.parametrize("vlans", ["20:10", "0:10", "1:4095"])
def test_what_is_no_range_of_vlan_ids_is_told_at_start(vlans: str) -> None:
    with pytest.raises(ValueError, match="is no range of VLAN ids"):
        Settings(bridge_vlans=vlans)
