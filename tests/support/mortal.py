"""``python -m tests.support.mortal {gateway,worker} FILE``: one that dies at a commit of its own.

``FILE`` says which: ``3 before`` kills it (kill -9) when its third transaction from now on is
about to be committed, ``3 after`` when it just has been. A new process takes its place at once.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from api.main import run as gateway
from tests.support.doom import Doom
from workflows.worker import run as worker

_PROGRAMS = {"gateway": gateway, "worker": worker}


def main(program: str, file: str) -> int:
    """Run the program, again and again, until a signal ends it or it ends by itself."""
    children: list[int] = []

    def end(*_: object) -> None:
        for child in children:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            Doom(Path(file)).watch()
            _PROGRAMS[program]()
            return 0
        children[:] = [child]
        _, status = os.waitpid(child, 0)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
