"""Refusals in Cinder's words; its bodies are Nova's."""

from __future__ import annotations


class CinderError(Exception):
    """A refusal; its body's key follows from the status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def bad(message: str) -> CinderError:
    """A request that no state of the cloud could satisfy."""
    return CinderError(400, message)


def forbidden(rule: str) -> CinderError:
    """The policy says no."""
    return CinderError(403, f"Policy doesn't allow {rule} to be performed.")


def missing(kind: str, wanted: str) -> CinderError:
    """There is no such object, or none that the caller may know of."""
    return CinderError(404, f"{kind} {wanted} could not be found.")
