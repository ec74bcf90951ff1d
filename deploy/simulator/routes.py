"""A route table: method and path pattern to handler, found by the number of path segments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar


class NoRoute(LookupError):
    """No pattern matches the path."""


class WrongMethod(LookupError):
    """A pattern matches the path, but not with this method."""


H = TypeVar("H", bound=Callable[..., object])


class Routes(Generic[H]):
    """Patterns such as `/servers/{id}/action`, asked in the order they were added."""

    def __init__(self) -> None:
        self._by_length: dict[int, list[tuple[tuple[str, ...], dict[str, H]]]] = {}

    def add(self, method: str, pattern: str, handler: H) -> None:
        """Let `handler` answer `method` on `pattern`."""
        parts = tuple(pattern.strip("/").split("/"))
        rows = self._by_length.setdefault(len(parts), [])
        for known, methods in rows:
            if known == parts:
                methods[method] = handler
                return
        rows.append((parts, {method: handler}))

    def find(self, method: str, path: str) -> tuple[H, dict[str, str]]:
        """The handler and the values of the pattern's `{names}`."""
        parts = path.strip("/").split("/")
        seen = False
        for pattern, methods in self._by_length.get(len(parts), ()):
            params: dict[str, str] = {}
            for want, got in zip(pattern, parts, strict=True):
                if want[:1] == "{":
                    params[want[1:-1]] = got
                elif want != got:
                    break
            else:
                handler = methods.get(method)
                if handler is not None:
                    return handler, params
                seen = True
        raise WrongMethod(path) if seen else NoRoute(path)
