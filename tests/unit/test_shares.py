"""What a worker does at once, by pod."""

from __future__ import annotations

import pytest

from activities.shares import Shares
from models.errors import PodBusy


def test_a_share_that_is_used_up_keeps_no_other_pod_waiting() -> None:
    shares = Shares(2)
    with shares.of("one"), shares.of("one"):
        with (
            pytest.raises(PodBusy, match="2 other changes of pod one") as refused,
            shares.of("one"),
        ):
            pass
        # The pauses of the engine's policy grow; none of its own is told.
        assert refused.value.next_retry_delay is None
        with shares.of("two"):
            pass
    with shares.of("one"), shares.of("one"):
        pass
    with pytest.raises(ZeroDivisionError), shares.of("one"):
        _ = 1 / 0
    with shares.of("one"), shares.of("one"):
        pass
