"""Runs of the machine, several at a time: most of a run is waiting."""

from __future__ import annotations

import signal
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import machine
from tests.model.tenant import Outside
from tests.support.stack import Stack

STEPS = 30
_LINES = 40
_STAGE: list[tuple[Stack, Outside]] = []


def run(
    stack: Stack, sequences: int, first_seed: int, at_once: int, shrink: bool
) -> tuple[list[str], Counter[str]]:
    """Run so many sequences; what was wrong, if anything, and what became of the calls."""
    outside = Outside.made(stack)
    share = -(-sequences // at_once)
    # Not threads: Hypothesis reads the sources of rules by ``ast``, which fails in several at
    # once, and a failure would end what its thread had still to do.
    how = {"mp_context": get_context("fork"), "initializer": _enter}
    with ProcessPoolExecutor(at_once, **how, initargs=((stack, outside),)) as pool:
        work = partial(_some, share, shrink)
        results = list(pool.map(work, range(first_seed, first_seed + at_once)))
    outside.drop(stack)
    # The next run has external networks on the same VLANs.
    stack.settle()
    tally = sum((counted for _, counted in results), Counter[str]())
    return [failure for failure, _ in results if failure], tally


def _enter(stage: tuple[Stack, Outside]) -> None:
    # What ends the stack is the first process's business.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _STAGE.append(stage)


def _some(sequences: int, shrink: bool, seeded: int) -> tuple[str, Counter[str]]:
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
    stack, outside = _STAGE[-1]
    tally = Counter[str]()
    test = machine(stack, outside, tally)
    try:
        run_state_machine_as_test(seed(seeded)(test), settings=how)
    except Exception as failure:
        notes = "\n".join(getattr(failure, "__notes__", []))
        # Played again it may end otherwise, and then only the trace tells of the first time.
        trace = "".join(traceback.format_exception(failure)).splitlines()[-_LINES:]
        return "\n".join((f"seed {seeded}: {failure!r}", notes, *trace)), tally
    return "", tally
