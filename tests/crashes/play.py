"""The gateway dies at every commit of every kind of request; nothing that nobody sees is left."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from tests.crashes.requests import Requests
from tests.crashes.undoing import tear_down, tear_down_admins
from tests.orders.play import remains
from tests.support.client import Answer, send, until
from tests.support.doom import MOMENTS, Doom
from tests.support.stack import Stack
from tests.support.topology import Site

# A claim of the dead, the look for what it was making, and what its clean-up waits for.
_PATIENCE = 60.0


@dataclass
class Death:
    """What was asked for, when the gateway died of it, and what was wrong then."""

    kind: str
    commit: int
    moment: str
    error: str = ""

    def line(self) -> str:
        """For the report."""
        return f"{self.kind}, {self.moment} commit {self.commit}: {self.error or 'ok'}"


class Crashes:
    """Plays requests of one tenant on a stack whose gateway is mortal."""

    def __init__(self, stack: Stack, doom: Doom) -> None:
        self._stack, self._doom = stack, doom

    def play(self, kinds: Iterable[str]) -> Iterator[Death]:
        """Requests of these kinds, each death by itself; and what is left of all of them."""
        until(self._pods_are_known, "the gateway has learned what types its pods have")
        before = remains(self._stack)
        made = []
        for kind in kinds:
            made.append(Requests(Site(self._stack, self._stack.tenant())))
            yield from self._of_kind(made[-1], kind)
        # What the dead were making keeps what it was made of from going.
        until(lambda: not self._unfinished(), "creations of the dead are cleaned up")
        for requests in made:
            tear_down(requests.site)
        tear_down_admins(self._stack.admin)
        yield Death("all of them undone", 0, "after", self._left(before))

    def _of_kind(self, requests: Requests, kind: str) -> Iterator[Death]:
        commit = 0
        living = set(MOMENTS)
        while living:
            commit += 1
            for moment in sorted(living):
                request = requests.ask(kind)
                death = Death(kind, commit, moment)
                self._doom.come(commit, moment)
                try:
                    answer = request()
                    if isinstance(answer, Answer) and answer.status >= 300:
                        death.error = f"{answer.status} {answer.body}"
                except (OSError, http.client.HTTPException):
                    until(self._serves, "the gateway serves again")
                except AssertionError as failure:
                    death.error = str(failure)
                if self._doom.go():
                    living.discard(moment)
                    if not death.error:
                        continue
                yield death

    def _pods_are_known(self) -> bool:
        """Whether a look at the types has reached every pod; slow ones are left for later."""
        self._stack.admin.volume("GET", "/group_types", OpenStack_API_Version="volume 3.11")
        learned = [thing for thing in remains(self._stack) if thing[0] == "type_copies"]
        return len(learned) >= len(self._stack.pods)

    def _serves(self) -> bool:
        with suppress(OSError):
            return send("GET", self._stack.url + "/").status == 200
        return False

    def _unfinished(self) -> bool:
        return any(thing[0] == "creations" for thing in remains(self._stack))

    def _left(self, before: set[tuple[str, ...]]) -> str:
        self._stack.settle()
        left: set[tuple[str, ...]] = set()

        def nothing() -> bool:
            left.clear()
            left.update(remains(self._stack) - before)
            return not left

        with suppress(AssertionError):
            until(nothing, "nothing is left", _PATIENCE)
        lines = sorted(str(thing) for thing in left)
        return f"{len(left)} left\n" + "\n".join(lines) if left else ""
