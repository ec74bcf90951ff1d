"""Together: one run of a piece of work for all who asked for it before it began."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass

Hold = Callable[[], AbstractAsyncContextManager[None]]
Work = Callable[[], Awaitable[None]]


@dataclass(slots=True, eq=False)
class _Run:
    task: asyncio.Task[None] | None = None
    callers: int = 0


class Together:
    """Shares runs of work that looks at the state of things when it begins.

    Thirty changes of one router would bring its copies up to date thirty times, one after the
    other; the second run does what the other twenty-nine ask for.
    """

    def __init__(self) -> None:
        self._next: dict[str, _Run] = {}

    async def run(self, key: str, hold: Hold, work: Work) -> None:
        """Return when a run that began after this call has ended; raise what it raised."""
        run = self._next.get(key)
        if run is None:
            run = self._next[key] = _Run()
            run.task = asyncio.create_task(self._go(key, run, hold, work))
        assert run.task is not None
        run.callers += 1
        try:
            await asyncio.shield(run.task)
        except asyncio.CancelledError:
            if run.callers == 1 and not run.task.done():
                # Nobody else wants it. What it holds is free only when it has ended.
                run.task.cancel()
                with suppress(BaseException):
                    await run.task
            raise
        finally:
            run.callers -= 1

    async def _go(self, key: str, run: _Run, hold: Hold, work: Work) -> None:
        try:
            async with hold():
                # Who asks from here on may want something that this run does not see.
                self._forget(key, run)
                await work()
        finally:
            self._forget(key, run)

    def _forget(self, key: str, run: _Run) -> None:
        if self._next.get(key) is run:
            del self._next[key]
