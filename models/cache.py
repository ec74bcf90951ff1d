"""Cache: what was looked up, kept in this process; the oldest goes when there is too much."""

from collections.abc import Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """At most so many entries, by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: dict[K, V] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    def __setitem__(self, key: K, value: V) -> None:
        self._entries[key] = value
        while len(self._entries) > self._most:
            del self._entries[next(iter(self._entries))]

    def get(self, key: K) -> V | None:
        """Return the entry, or None."""
        return self._entries.get(key)

    def pop(self, key: K) -> None:
        """Forget the entry, if there is one."""
        self._entries.pop(key, None)

    def update(self, entries: Iterable[tuple[K, V]]) -> None:
        """Keep several entries."""
        for key, value in entries:
            self[key] = value
