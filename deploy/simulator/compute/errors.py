"""Refusals in Nova's words."""

from __future__ import annotations


class NovaError(Exception):
    """A refusal; its body's key follows from the status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def bad(message: str) -> NovaError:
    """A request that no state of the cloud could satisfy."""
    return NovaError(400, message)


def forbidden(rule: str) -> NovaError:
    """The policy says no."""
    text = f"Policy doesn't allow {rule} to be performed."
    return NovaError(403, text)


def missing(kind: str, wanted: str) -> NovaError:
    """There is no such object, or none that the caller may know of."""
    return NovaError(404, f"{kind} {wanted} could not be found.")
