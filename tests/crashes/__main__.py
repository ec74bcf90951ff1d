"""``tests/crashes/run [--only WORD]``: the gateway dies at every commit of every request.

After that the worker dies after every call of changes that are undone at once.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.crashes.calls import CHANGES, Mortal, new_world, play
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
    for change in (change for change in CHANGES if words.only in change):
        error = _calls(change)
        failed += bool(error)
        passed += not error
        tell(f"the worker at every call, {change}: {error or 'ok'}\n")
        sys.stdout.flush()
    tell(f"{passed} passed, {failed} failed\n")
    return 1 if failed else 0


def _calls(change: str) -> str:
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        stack = Mortal(Path(folder))
        stack.end_with(signal.SIGTERM)
        try:
            with stack, new_world(stack) as world:
                play(stack, world, change)
        except AssertionError as failure:
            return str(failure)
    return ""


if __name__ == "__main__":
    sys.exit(main())
