"""GlanceError: a refusal."""

from __future__ import annotations


class GlanceError(Exception):
    """A refusal."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message
