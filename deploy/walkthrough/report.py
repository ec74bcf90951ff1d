"""Telling a person what is done, how long it took and what failed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from keystoneauth1.exceptions import ClientException

from deploy.pods.console import say


class StepFailed(Exception):
    """A step did not do what it should; the text says what was seen instead."""


class Abandoned(Exception):
    """A step failed on which all later ones build."""


class Report:
    """Prints each step with its time and counts them."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    @contextmanager
    def step(self, title: str, *, vital: bool = True) -> Iterator[None]:
        """One step; when a vital one fails the walk ends there."""
        begin = time.monotonic()
        say(f"\n== {title}")
        try:
            yield
        except (StepFailed, ClientException) as failure:
            self.failed += 1
            say(f"   {failure}\n   {time.monotonic() - begin:.1f} s  FAILED  {title}")
            if vital:
                raise Abandoned from failure
        else:
            self.passed += 1
            say(f"   {time.monotonic() - begin:.1f} s  ok")

    def last_line(self) -> str:
        """``N passed, M failed``."""
        return f"{self.passed} passed, {self.failed} failed"
