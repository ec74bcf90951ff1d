"""Probes: services that have left a call unanswered are asked whether they are there.

One slow answer makes no outage: a service that answers anything meanwhile is busy, not dead. The
probe is what every service tells anybody, its versions.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from activities.pods.gate import Gate

LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5
_PAUSE, _LONGEST_PAUSE = 1.0, 10.0


class Probes:
    """Shuts the gates of services that answer nothing, and lets calls through when they do."""

    def __init__(
        self,
        gates: Callable[[], Iterable[tuple[str, Gate]]],
        answers: Callable[[str], Awaitable[bool]],
        seconds: float,
        failures: int,
    ) -> None:
        """``gates`` are looked at from now and then, by their roots, and ``answers`` asks one.

        Shut is where nothing came for so many questions in a row, each waited for so long.
        """
        self._gates = gates
        self._answers = answers
        self._seconds = seconds
        self._failures = failures
        self._looking: asyncio.TimerHandle | None = None
        self._probing: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin to look, again and again."""
        if self._looking is None:
            self._look()

    def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
        for probing in self._probing.values():
            probing.cancel()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        before = loop.time() - self._seconds
        for root, gate in self._gates():
            if gate.asked and gate.asked <= before and root not in self._probing:
                self._probing[root] = loop.create_task(self._probe(root, gate))
        self._looking = loop.call_later(_LOOK_SECONDS, self._look)

    async def _probe(self, root: str, gate: Gate) -> None:
        """Ask until there is an answer, to this or to any other call."""
        try:
            await self._until_answered(root, gate)
        finally:
            del self._probing[root]

    async def _until_answered(self, root: str, gate: Gate) -> None:
        loop = asyncio.get_running_loop()
        # That for which it is asked was the first.
        failures, pause, since = 1, _PAUSE, gate.asked
        while gate.asked or gate.shut:
            if failures >= self._failures and not gate.shut:
                gate.shut_down(loop.time() - since)
                LOG.warning("%s is not asked any more: %s", root, gate.shut)
            gate.probing = True
            try:
                if await self._answers(root):
                    break
            finally:
                gate.probing = False
            failures += 1
            await asyncio.sleep(pause)
            if gate.shut:
                pause = min(pause * 2, _LONGEST_PAUSE)
        if failures >= self._failures:
            LOG.info("%s answers again", root)
        gate.answered()
