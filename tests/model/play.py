"""Runs of the machine, several at a time: most of a run is waiting."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import machine
from tests.model.tenant import Outside
from tests.support.stack import Stack

STEPS = 30


def run(
    stack: Stack, sequences: int, first_seed: int, at_once: int, shrink: bool
) -> tuple[list[str], Counter[str]]:
    """Run so many sequences; what was wrong, if anything, and what became of the calls."""
    outside, tally = Outside.made(stack), Counter[str]()
    share = -(-sequences // at_once)
    with ThreadPoolExecutor(at_once) as pool:
        work = partial(_some, stack, outside, tally, share, shrink)
        failures = list(pool.map(work, range(first_seed, first_seed + at_once)))
    outside.drop(stack)
    # The next run has external networks on the same VLANs.
    stack.settle()
    return [failure for failure in failures if failure], tally


def _some(
    stack: Stack,
    outside: Outside,
    tally: Counter[str],
    sequences: int,
    shrink: bool,
    seeded: int,
) -> str:
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    how = settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        verbosity=Verbosity.normal,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    test = machine(stack, outside, tally)
    try:
        run_state_machine_as_test(seed(seeded)(test), settings=how)
    except Exception as failure:
        notes = "\n".join(getattr(failure, "__notes__", []))
        return f"seed {seeded}: {failure!r}\n{notes}"
    return ""
