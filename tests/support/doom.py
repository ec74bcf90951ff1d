"""The commit, or the call to a pod, at which one of our own processes dies."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Pool, event

from activities.pods.region import Regions

MOMENTS = ("before", "after")
CALL = "call"


class Doom:
    """When the next death is; told by a test, counted by the process, each in the same file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def come(self, commit: int, moment: str) -> None:
        """Have the process die at that commit from now on, counted from 1.

        At ``CALL`` it is the service user's calls that are counted, those that change a pod: it
        dies when the pod has answered, and knows of nothing yet.
        """
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{commit} {moment}")
        fresh.rename(self._file)

    def go(self) -> bool:
        """Let it live; whether it had not died."""
        alive = self.is_near
        self._file.unlink(missing_ok=True)
        return alive

    @property
    def is_near(self) -> bool:
        """Whether a death was told that has not come."""
        return self._file.exists()

    @contextmanager
    def often(self, commits: int, chance: random.Random) -> Iterator[list[int]]:
        """Have it die again and again meanwhile, each time after so many commits at most.

        Gives a list that has one item for each death told.
        """
        told: list[int] = []
        over = threading.Event()

        def tell() -> None:
            while not over.wait(0.1):
                if not self.is_near:
                    told.append(chance.randint(1, commits))
                    self.come(told[-1], chance.choice(MOMENTS))

        teller = threading.Thread(target=tell)
        teller.start()
        try:
            yield told
        finally:
            over.set()
            teller.join()
            self.go()

    def watch(self) -> None:
        """Count the commits and calls of this process, and die."""
        asked = Regions._request

        async def ask(regions: Regions, region: str, method: str, *more: Any) -> Any:
            answer = await asked(regions, region, method, *more)
            if method != "GET" and (left := self._left(CALL)):
                self._count(*left)
            return answer

        Regions._request = ask  # type: ignore[method-assign]

        @event.listens_for(Engine, "commit")
        def _about_to(connection: Any) -> None:
            if (left := self._left(*MOMENTS)) is None:
                return
            commit, moment = left
            if commit > 1 or moment == "before":
                self._count(commit, moment)
            else:
                connection.info["doomed"] = True

        @event.listens_for(Pool, "checkin")
        def _has_been(_: Any, record: Any) -> None:
            if record.info.pop("doomed", False):
                self._die()

    def _left(self, *moments: str) -> tuple[int, str] | None:
        try:
            number, moment = self._file.read_text().split()
        except FileNotFoundError:
            return None
        return (int(number), moment) if moment in moments else None

    def _count(self, number: int, moment: str) -> None:
        if number > 1:
            self.come(number - 1, moment)
        else:
            self._die()

    def _die(self) -> None:
        self._file.unlink(missing_ok=True)
        os.kill(os.getpid(), signal.SIGKILL)
