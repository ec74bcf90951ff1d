"""The metadata that all tables share, with names for every constraint."""

from datetime import UTC, datetime

from sqlalchemy import MetaData

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def now() -> datetime:
    """Return the time in UTC without a zone, whole seconds, as OpenStack's databases keep it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
