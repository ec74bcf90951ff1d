"""What a process keeps of what it looked up stays within bounds."""

from __future__ import annotations

from models.cache import Cache


def test_the_oldest_goes_first() -> None:
    cache: Cache[str, int] = Cache(2)
    for number, key in enumerate("abc"):
        cache[key] = number
    assert cache == {"b": 1, "c": 2}


def test_what_is_kept_at_once_is_bounded_too() -> None:
    cache: Cache[str, None] = Cache(2)
    cache.keep(dict.fromkeys("abcd"))
    assert list(cache) == ["c", "d"]


def test_what_is_kept_again_makes_nothing_go() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.keep({"a": 1, "b": 2})
    cache["a"] = 3
    assert cache == {"a": 3, "b": 2}
