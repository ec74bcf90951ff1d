"""The metadata that all tables share, and the clock of their rows."""

from datetime import UTC, datetime

from models.database.record import METADATA

__all__ = ["METADATA", "now"]


def now() -> datetime:
    """Return the time in UTC without a zone, whole seconds, as OpenStack's databases keep it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
