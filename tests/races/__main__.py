"""``tests/races/run [--database KIND] [--only WORD]``: two changes of one thing at once."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.races.play import Races, races
from tests.support import postgresql
from tests.support.folders import memory
from tests.support.processes import PROGRAMS
from tests.support.stack import Stack


def main() -> int:
    """Play them on simulated pods; the last line is ``N passed, M failed``."""
    parser = argparse.ArgumentParser(prog="tests/races/run", description=__doc__)
    kinds = ("postgresql", "sqlite")
    parser.add_argument("--database", choices=kinds, default=kinds[0], help="(postgresql)")
    parser.add_argument("--only", default="", help="scenes and pairs with this in their names")
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair (5)")
    words = parser.parse_args()
    tell = sys.stdout.write
    passed = failed = 0
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(dir=memory())))
        url = ""
        if words.database == "postgresql":
            if reason := postgresql.missing():
                sys.exit(f"PostgreSQL: {reason}")
            url = running.enter_context(postgresql.server()).database("trio2o")
        stack = Stack(folder, url)
        stack.end_with(signal.SIGTERM)
        running.enter_context(stack)
        other = running.enter_context(stack.beside([str(PROGRAMS / "gateway-api")], "/"))
        running.enter_context(stack.nothing_left())
        for race in Races(stack, other).play(races(stack, words.only), words.rounds):
            failed += bool(race.errors)
            passed += not race.errors
            tell(race.line() + "\n")
            sys.stdout.flush()
    tell(f"{passed} passed, {failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
