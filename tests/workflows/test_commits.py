"""The gateway dies at every commit of a request: ``tests/crashes/run`` plays all kinds of them."""

from __future__ import annotations

import pytest

from tests.crashes.play import Crashes
from tests.support.stack import Stack

KINDS = ("boot on a port", "volume")


def test_a_gateway_that_dies_leaves_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    stack = Stack(tmp_path_factory.mktemp("mortal"))
    doom = stack.mortal(stack.gateway)
    with stack:
        deaths = list(Crashes(stack, doom).play(KINDS))
    assert {death.kind for death in deaths} >= set(KINDS)
    assert [death.line() for death in deaths if death.error] == []
