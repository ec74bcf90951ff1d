"""The worker dies after every call that changes a pod; what users do then ends as it should.

One change of three: each death is noticed after ten seconds. ``tests/crashes/run`` plays all.
"""

from __future__ import annotations

import pytest

from tests.crashes.calls import Mortal, new_world, play


def test_what_is_undone_at_the_death_of_a_worker_is_whole_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with Mortal(tmp_path_factory.mktemp("mortal")) as stack, new_world(stack) as world:
        assert play(stack, world, "interface")
