"""``tests/model/run [--sequences N] [--seed S]``: the network API does what a model of it does."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.model.play import run
from tests.support.folders import memory
from tests.support.stack import Stack

# Sequences that each of those at once plays until it is told how it went.
ROUND = 10


def main() -> int:
    """Run sequences of 30 calls on simulated pods; 1 when one of them went wrong."""
    parser = argparse.ArgumentParser(prog="tests/model/run", description=__doc__)
    parser.add_argument("--sequences", type=int, default=2000, help="how many (2000)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="which ones")
    parser.add_argument("--at-once", type=int, default=6, help="how many at a time (6)")
    parser.add_argument("--shrink", action="store_true", help="look for a shorter failure")
    words = parser.parse_args()
    tell = sys.stdout.write
    tell(f"{words.sequences} sequences of seed {words.seed}\n")
    begin, left, wrong, tally = time.monotonic(), words.sequences, 0, Counter[str]()
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        stack = Stack(Path(folder))
        stack.end_with(signal.SIGTERM)
        with stack:
            # In rounds: a run of an hour tells of what it finds when it finds it.
            while left > 0:
                number = min(left, words.at_once * ROUND)
                seed = words.seed + words.sequences - left
                failures, counted = run(stack, number, seed, words.at_once, words.shrink)
                left, wrong, tally = left - number, wrong + len(failures), tally + counted
                for failure in failures:
                    tell(f"\n{failure}\n")
                done, seconds = words.sequences - left, time.monotonic() - begin
                tell(f"{done} sequences, {tally.total()} calls, {wrong} wrong, {seconds:.0f} s\n")
                sys.stdout.flush()
    for outcome, count in sorted(tally.items()):
        tell(f"{count:7} {outcome}\n")
    tell(f"{words.sequences} sequences, {wrong} of which found something\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
