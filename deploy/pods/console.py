"""What the lab tells the person at the terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class LabError(Exception):
    """Something a person has to read; the text says what to do."""


def say(text: str) -> None:
    """Write one line to the terminal at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Tell what is being done, and afterwards how long it took."""
    begin = time.monotonic()
    yield
    say(f"{time.monotonic() - begin:6.1f} s  {text}")
