"""Random sequences of calls: answers and pods are as a small model of Neutron says."""

from __future__ import annotations

from tests.model.play import run
from tests.support.stack import Stack

# ``tests/model/run`` does two thousand, of other seeds.
SEQUENCES, SEED, AT_ONCE = 20, 3, 5


def test_random_calls_do_what_the_model_does(stack: Stack) -> None:
    wrong, tally = run(stack, SEQUENCES, SEED, AT_ONCE, shrink=False)
    assert not wrong, "\n\n".join(wrong)
    # Else it has tried nothing of what matters.
    for outcome in ("POST /servers 202", "PUT /routers/*/add_router_interface 200"):
        assert tally[outcome], tally
