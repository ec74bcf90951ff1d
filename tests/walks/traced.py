"""``python -m tests.walks.traced {gateway,worker} FILE``: one that writes where it goes.

``FILE`` gets a line for each time that control enters another file of ours: when, and which. Of
the gateway only what is done for a request counts, not what it does by itself.
"""

from __future__ import annotations

import sys
import threading
import time
from contextvars import ContextVar
from pathlib import Path
from types import FrameType
from typing import IO, Any

from api import main as gateway
from workflows import worker

ROOT = f"{Path(__file__).parents[2]}/"
LAYERS = tuple(f"{ROOT}{layer}/" for layer in ("api", "workflows", "activities", "models"))
PROGRAMS = {"gateway": gateway.run, "worker": worker.run}
ASKED: ContextVar[bool] = ContextVar("asked", default=False)


class Tracer:
    """Profiles every thread."""

    def __init__(self, log: IO[str], *, requests_only: bool) -> None:
        self._log = log
        self._requests_only = requests_only
        self._last = threading.local()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """Note where a call goes, unless it stays in the file."""
        if event != "call":
            return
        code = frame.f_code
        file = code.co_filename
        if not file.startswith(LAYERS) or code.co_name == "<module>":
            return
        if self._requests_only and not ASKED.get():
            return
        if getattr(self._last, "file", "") != file:
            self._last.file = file
            self._log.write(f"{time.time()} {file.removeprefix(ROOT)}\n")


class Marked(gateway.Prefixes):
    """What is called from here on is for a request."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the request."""
        if scope["type"] == "http":
            ASKED.set(True)
        await super().__call__(scope, receive, send)


def main(program: str, file: str) -> None:
    """Run the program until a signal ends it."""
    log = Path(file).open("a", buffering=1)  # noqa: SIM115 - it ends with the process
    tracer = Tracer(log, requests_only=program == "gateway")
    gateway.Prefixes = Marked  # type: ignore[misc]
    threading.setprofile(tracer)
    sys.setprofile(tracer)
    PROGRAMS[program]()


if __name__ == "__main__":
    main(*sys.argv[1:])
