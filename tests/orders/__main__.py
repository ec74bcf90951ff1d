"""``tests/orders/run [--orders N] [--seed S] [--crashes N]``: all orders of calls end the same."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.orders.play import Orders
from tests.support.folders import memory
from tests.support.stack import Stack

_CRASHES = "have the worker die again and again, each time after N commits at most"


def main() -> int:
    """Play them on simulated pods; the last line is ``N passed, M failed``."""
    parser = argparse.ArgumentParser(prog="tests/orders/run", description=__doc__)
    parser.add_argument("--orders", type=int, default=100, help="how many (100)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="which ones")
    parser.add_argument("--crashes", type=int, default=0, metavar="N", help=_CRASHES)
    words = parser.parse_args()
    tell = sys.stdout.write
    tell(f"{words.orders} orders of seed {words.seed}\n")
    failed = 0
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        stack = Stack(Path(folder))
        doom = stack.mortal(stack.worker) if words.crashes else None
        stack.end_with(signal.SIGTERM)
        with ExitStack() as running:
            running.enter_context(stack)
            if doom:
                chance = random.Random(words.seed)
                deaths = running.enter_context(doom.often(words.crashes, chance))
            orders = Orders(stack, words.seed)
            for life in orders.play(orders.lives(words.orders)):
                failed += bool(life.error)
                tell(life.line() + "\n")
                sys.stdout.flush()
    if doom:
        tell(f"the worker died {len(deaths) - 1} times\n")
    tell(f"{words.orders - failed} passed, {failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
