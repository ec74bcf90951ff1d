"""The file of a SQLite database, with the projects of everybody in it, is its owner's alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

from sqlalchemy import select

from models.database.store import Store
from models.database.tables.pod import pods
from tests.support.processes import PROGRAMS, ROOT


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    done = subprocess.run(
        [str(PROGRAMS / "alembic"), "upgrade", "head"],
        cwd=ROOT,
        env=os.environ | {"TRIO2O_DATABASE_URL": url},
        umask=0,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    modes = asyncio.run(_modes_in_use(url, tmp_path))
    assert modes.pop("new.db") == "0o600"
    assert set(modes.values()) <= {"0o600"}, modes


async def _modes_in_use(url: str, folder: Path) -> dict[str, str]:
    store = Store(url)
    try:
        async with store.write() as tx:
            assert await tx.all(select(pods.c.pod_id)) == []
            return _modes(folder)
    finally:
        await store.close()


def _modes(folder: Path) -> dict[str, str]:
    return {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}
