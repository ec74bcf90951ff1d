"""``tests/model/run [--sequences N] [--seed S]``: the network API does what a model of it does."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.model.play import run
from tests.support.stack import Stack


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
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        try:
            stack.start()
            wrong, tally = run(stack, words.sequences, words.seed, words.at_once, words.shrink)
        finally:
            stack.stop()
    for outcome, count in sorted(tally.items()):
        tell(f"{count:7} {outcome}\n")
    for failure in wrong:
        tell(f"\n{failure}\n")
    tell(f"{sum(tally.values())} calls, {time.monotonic() - begin:.0f} s\n")
    tell(f"{words.at_once - len(wrong)} runs passed, {len(wrong)} failed\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
