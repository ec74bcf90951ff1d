"""What is declared of the database is what the migrations make."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ALEMBIC = Path(sys.prefix) / "bin" / "alembic"


def refused() -> list[str]:
    """Return what a new migration would have to do: columns, tables or indexes without one."""
    with tempfile.TemporaryDirectory() as folder:
        made = _alembic(folder, "upgrade", "head")
        if made.returncode:
            return [f"models/database/migrations: {made.stderr.strip()}"]
        found = _alembic(folder, "check")
    if found.returncode == 0:
        return []
    said = (found.stdout + found.stderr).strip().splitlines()
    return [f"models/database/tables: {said[-1] if said else 'alembic check failed'}"]


def _alembic(folder: str, *words: str) -> subprocess.CompletedProcess[str]:
    url = f"sqlite+aiosqlite:///{folder}/schema.db"
    env = {**os.environ, "TRIO2O_DATABASE_URL": url}
    return subprocess.run((ALEMBIC, *words), capture_output=True, text=True, env=env)
