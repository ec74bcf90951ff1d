"""Gate: the way to one service of a pod, so that what hangs there stays there.

So many calls go through at once; more wait for their turns, for a while. A service that answers
nothing is not asked: until it answers a probe, calls fail at once.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from activities.pods.connection import Unreached


class GateState(StrEnum):
    """Whether a service is asked: closed as a switch is, through which all goes."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class Health:
    """What this process knows of one service of a pod; ``reason`` is empty while it is asked."""

    state: GateState = GateState.CLOSED
    since: str | None = None
    reason: str = ""


class Turns:
    """So many at once; the others wait, in the order of their coming."""

    __slots__ = ("_waiting", "limit", "seconds", "taken")

    def __init__(self, limit: int, seconds: float) -> None:
        """``seconds`` is how long somebody waits."""
        self.limit = limit
        self.seconds = seconds
        self.taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def wait(self) -> None:
        """Take a turn, which is given back by ``give``; ``Unreached`` when there is none."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self.seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise Unreached(
                    f"{self.limit} calls to it are under way, and none of them ended in time"
                ) from None
            raise

    def give(self) -> None:
        """Give a turn to who has waited longest, or back."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.taken -= 1

    def dismiss(self, why: Unreached) -> None:
        """Tell those who wait that it is in vain."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(why)


class Gate:
    """The turns at one service, and what is known of its answers."""

    __slots__ = ("_since", "asked", "probing", "shut", "streams", "turns")

    def __init__(self, limit: int, seconds: float) -> None:
        self.turns = Turns(limit, seconds)
        # They take as long as there are bytes: no call waits for one.
        self.streams = Turns(limit, seconds)
        # When the first of those was asked that came after the last answer; 0: none did.
        self.asked = 0.0
        self.shut: Unreached | None = None
        self.probing = False
        self._since: str | None = None

    @property
    def health(self) -> Health:
        """What is known of it now."""
        if self.shut is None:
            return Health()
        state = GateState.PROBING if self.probing else GateState.OPEN
        return Health(state, self._since, str(self.shut))

    def shut_down(self, silent_seconds: float) -> None:
        """Let nobody through: nothing was answered for so long."""
        since = datetime.now(UTC) - timedelta(seconds=silent_seconds)
        self._since = f"{since:%Y-%m-%dT%H:%M:%SZ}"
        self.shut = Unreached(f"it has not answered since {self._since}")
        self.turns.dismiss(self.shut)
        self.streams.dismiss(self.shut)

    def answered(self) -> None:
        """Let everybody through: it has answered."""
        self.asked = 0.0
        self.shut = self._since = None
