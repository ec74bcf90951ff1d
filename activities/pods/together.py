"""Work done together: one run of it for all who asked before it began, or parts at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

R = TypeVar("R")
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

    async def run(self, key: str, hold: Hold, work: Work) -> bool:
        """Return when a run that began after this call has ended.

        True: it was this call's own ``work``, and raises what that raised. False: it was
        another's, however it ended; the caller has to look whether anything is left to do.
        """
        run = self._next.get(key)
        mine = run is None
        if run is None:
            run = self._next[key] = _Run()
            run.task = asyncio.create_task(self._go(key, run, hold, work))
        assert run.task is not None
        run.callers += 1
        try:
            await asyncio.shield(run.task)
            return mine
        except asyncio.CancelledError:
            if run.callers == 1 and not run.task.done():
                # Nobody else wants it. What it holds is free only when it has ended.
                run.task.cancel()
                with suppress(BaseException):
                    await run.task
            raise
        except Exception:
            if mine:
                raise
            return False
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


@asynccontextmanager
async def overlapping() -> AsyncIterator[Callable[[Coroutine[Any, Any, R]], asyncio.Task[R]]]:
    """Begin work that goes on meanwhile; at the end none of it does, however that came.

    Await what was begun before the end: what it raised is lost otherwise.
    """
    tasks: list[asyncio.Task[Any]] = []

    def begin(work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        tasks.append(asyncio.create_task(work))
        return tasks[-1]

    try:
        yield begin
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        raise
    finally:
        await asyncio.gather(*tasks, return_exceptions=True)


async def all_of(*parts: Awaitable[R]) -> list[R]:
    """Do the parts at once; return what they return, in their order.

    When some fail, the first failure is raised once all have ended: what undoes them afterwards
    does not meet one that is still making something.
    """
    ended = await asyncio.gather(*parts, return_exceptions=True)
    made: list[R] = []
    for end in ended:
        if isinstance(end, BaseException):
            raise end
        made.append(end)
    return made
