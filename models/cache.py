"""Cache: what was looked up, kept in this process; the oldest goes when there is too much."""

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(dict[K, V]):
    """A dict of at most so many entries. Read as any other; write by item or by ``keep``."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        while len(self) > self._most:
            del self[next(iter(self))]

    def keep(self, entries: Mapping[K, V]) -> None:
        """Keep several entries at once."""
        for key, value in entries.items():
            self[key] = value
