"""Pods that have nothing of their own to be learnt."""

from __future__ import annotations

import pytest


class Learnt:
    """Counts how often they were looked at."""

    def __init__(self) -> None:
        self.times = 0

    async def fresh(self, seconds: float = 0.0) -> None:
        self.times += 1


@pytest.fixture
def learnt() -> Learnt:
    return Learnt()
