"""``tests/crashes/run [--only WORD]``: the gateway dies at every commit of every request."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.crashes.play import Crashes
from tests.crashes.requests import KINDS
from tests.support.folders import memory
from tests.support.stack import Stack


def main() -> int:
    """Play them on simulated pods; the last line is ``N passed, M failed``."""
    parser = argparse.ArgumentParser(prog="tests/crashes/run", description=__doc__)
    parser.add_argument("--only", default="", help="requests with this word in their name")
    words = parser.parse_args()
    tell = sys.stdout.write
    passed = failed = 0
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        stack = Stack(Path(folder))
        doom = stack.mortal(stack.gateway)
        stack.end_with(signal.SIGTERM)
        with stack:
            kinds = [kind for kind in KINDS if words.only in kind]
            for death in Crashes(stack, doom).play(kinds):
                failed += bool(death.error)
                passed += not death.error
                tell(death.line() + "\n")
                sys.stdout.flush()
    tell(f"{passed} passed, {failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
