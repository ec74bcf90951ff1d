"""Refusals in Keystone's words."""

from __future__ import annotations


class IdentityError(Exception):
    """A status, and what goes with it."""

    def __init__(self, status: int, title: str, message: str) -> None:
        super().__init__(message)
        self.status, self.title, self.message = status, title, message


def unauthorized() -> IdentityError:
    """Nobody, or a wrong password."""
    text = "The request you have made requires authentication."
    return IdentityError(401, "Unauthorized", text)


def missing(kind: str, name: str) -> IdentityError:
    """There is no such thing."""
    return IdentityError(404, "Not Found", f"Could not find {kind}: {name}.")
