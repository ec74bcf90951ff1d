"""What every resource of the network API has beside its attributes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, Integer, String
from sqlalchemy.schema import SchemaItem

from models.database.record import Field, Record, column
from models.database.tables.base import now


class Owned(Record):
    """A row of a resource that belongs to a project; its lists are served by indexes."""

    id: Field[str] = column(String(36), primary_key=True)
    project_id: Field[str] = column(String(64), default="")
    created_at: Field[datetime] = column(DateTime(), default=now)
    updated_at: Field[datetime] = column(DateTime(), default=now, onupdate=now)
    revision_number: Field[int] = column(Integer(), default=0)

    def __init_subclass__(
        cls, *, table: str = "", parts: Sequence[SchemaItem] = (), **options: Any
    ) -> None:
        pages = [
            Index(f"ix_{table}_page", "project_id", "created_at", "id"),
            Index(f"ix_{table}_all", "created_at", "id"),
        ]
        # Clients look things up by name.
        names = [Index(f"ix_{table}_name", "project_id", "name")] if "name" in vars(cls) else []
        super().__init_subclass__(table=table, parts=(*pages, *names, *parts), **options)
