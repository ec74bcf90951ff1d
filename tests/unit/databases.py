"""Databases of tests: the tables made once, and copied for each test."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from sqlalchemy import create_engine

import models.database.tables  # noqa: F401  (registers every table)
from models.database.record import METADATA
from models.database.store import Store
from models.database.tables.pod import PodRow

# Two zones, and a second pod in the first one.
PODS = {"pod-1": "az-1", "pod-2": "az-2", "pod-3": "az-1"}


@functools.cache
def _template(pods: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        engine = create_engine(f"sqlite:///{path}")
        METADATA.create_all(engine)
        with engine.begin() as connection:
            for name, zone in PODS.items() if pods else ():
                row = {"pod_id": f"id-of-{name}", "pod_name": name, "az_name": zone}
                connection.execute(PodRow.table.insert().values(**row))
        engine.dispose()
        return path.read_bytes()


def fresh(path: Path, *, pods: bool = True) -> Store:
    """Return a store with every table at the path, and three pods if they are wanted."""
    path.write_bytes(_template(pods))
    return Store(f"sqlite+aiosqlite:///{path}")
