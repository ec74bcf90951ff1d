"""``tests/orders/run [--orders N] [--seed S]``: any order of calls ends in the same state."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from pathlib import Path

from tests.orders.play import Orders
from tests.support.folders import memory
from tests.support.stack import Stack


def main() -> int:
    """Play them on simulated pods; the last line is ``N passed, M failed``."""
    parser = argparse.ArgumentParser(prog="tests/orders/run", description=__doc__)
    parser.add_argument("--orders", type=int, default=100, help="how many (100)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="which ones")
    words = parser.parse_args()
    tell = sys.stdout.write
    tell(f"{words.orders} orders of seed {words.seed}\n")
    failed = 0
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        stack = Stack(Path(folder))
        stack.end_with(signal.SIGTERM)
        with stack:
            orders = Orders(stack, words.seed)
            for life in orders.play(orders.lives(words.orders)):
                failed += bool(life.error)
                tell(life.line() + "\n")
                sys.stdout.flush()
    tell(f"{words.orders - failed} passed, {failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
