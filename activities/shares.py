"""Shares: how much of what a worker does at once may be about one pod."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from models.errors import PodBusy


class Shares:
    """So many activities for each pod; there is room for others whatever becomes of those."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def of(self, pod: str) -> Iterator[None]:
        """Have a part of the pod's share meanwhile.

        ``PodBusy`` where it is used up: who waited here would keep a place that others need. The
        engine tries again, after pauses that grow.
        """
        if self._taken[pod] >= self._most:
            raise PodBusy(f"{self._most} other changes of pod {pod} are under way", soon=False)
        self._taken[pod] += 1
        try:
            yield
        finally:
            self._taken[pod] -= 1
