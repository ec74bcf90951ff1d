"""A name that is misspelt is stopped by ``deploy/test static``, not by luck.

Errors that once passed every check are planted in a copy of the tree, and have to be refused with
their place. All that one program finds are planted at once: it runs once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
# File, what stands there, what is planted instead.
MISSPELT = {
    "a column of a row": (
        "models/network/waiting.py",
        "project_id=floating.project_id",
        "project_id=floating.projekt_id",
    ),
    "a column of a statement": (
        "models/network/floatingips/associations.py",
        "FloatingIP.port_id.in_",
        "FloatingIP.prot_id.in_",
    ),
    "a subscript of a row": (
        "models/network/placing.py",
        "Network.id == id_",
        'Network()["stauts"] == id_',
    ),
    "a workflow's type": (
        "workflows/upkeep.py",
        "@workflow.defn(name=Type.CLEAN_UP)",
        "@workflow.defn(name=Type.CLEEN_UP)",
    ),
    "a kind of work": (
        "models/network/ports/deletion.py",
        "work.CleanUp.PORT",
        "work.CleanUp.PROT",
    ),
    "an attribute's kind": (
        "models/database/tables/network/ports.py",
        "mac_address: Field[str] = attribute(MAC",
        "mac_address: Field[str] = attribute(MACADDRESS",
    ),
}
UNREPEATABLE = (
    "workflows/network/router.py",
    "        while True:\n",
    "        self._at, self._chance = now(), new_id()\n"
    "        self._dice = random.random(), *map(_later, [1])\n        while True:\n",
)
IMPORTS = (
    "workflows/network/router.py",
    "import asyncio\n",
    "import asyncio\nimport random\nimport time\n\nfrom models.database.store import new_id\n"
    "from models.database.tables.base import now\n\n\n"
    "def _later(seconds: int) -> float:\n    return time.monotonic() + seconds\n",
)
WITHOUT_MIGRATION = (
    "models/database/tables/network/ports.py",
    "    status: Field[str]",
    "    colour: Field[str] = fixed(TEXT)\n    status: Field[str]",
)
WITHOUT_WORKER = (
    "activities/compute/wiring.py",
    "            work.CleanUp.FLAVOR: flavor_copies.clean_up,\n",
    "",
)
WITHOUT_COPY = (
    "models/database/tables/network/address_groups.py",
    'attribute(NAME, default="")',
    'attribute(NAME, default="", copied=True)',
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what is tracked, with what mypy remembers of it."""
    listed = subprocess.run(("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    if (ROOT / ".mypy_cache").exists():
        shutil.copytree(ROOT / ".mypy_cache", tmp_path / ".mypy_cache")
    return tmp_path


def _plant(copy: Path, planted: tuple[str, str, str]) -> str:
    """Plant an error; return its place, ``file:line``."""
    name, there, instead = planted
    text = (copy / name).read_text()
    assert text.count(there) >= 1, f"{there!r} stands no more in {name}: plant something else"
    at = text.index(there)
    (copy / name).write_text(text.replace(there, instead, 1))
    return f"{name}:{text[:at].count(chr(10)) + 1}"


def _said(copy: Path, *command: str | Path) -> str:
    env = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True)
    assert done.returncode != 0, done.stdout
    return done.stdout + done.stderr


def test_misspelt_names_are_refused(copy: Path) -> None:
    places = {what: _plant(copy, planted) for what, planted in MISSPELT.items()}
    said = _said(copy, BIN / "mypy")
    assert [what for what, place in places.items() if f"{place}: error" not in said] == [], said


def test_clock_and_chance_through_our_own_helpers_are_refused(copy: Path) -> None:
    _plant(copy, UNREPEATABLE)
    _plant(copy, IMPORTS)
    said = _said(copy, sys.executable, "-m", "deploy.checks")
    assert "datetime.now differs from run to run (called by workflows/network/router.py" in said
    assert "uuid.uuid4 differs from run to run (called by workflows/network/router.py" in said
    assert "random.random differs from run to run" in said
    assert "time.monotonic differs from run to run" in said


def test_a_column_without_migration_is_refused(copy: Path) -> None:
    _plant(copy, WITHOUT_MIGRATION)
    said = _said(copy, sys.executable, "-m", "deploy.checks")
    assert "models/database/tables" in said
    assert "colour" in said


def test_work_that_nobody_does_is_refused(copy: Path) -> None:
    _plant(copy, WITHOUT_WORKER)
    said = _said(copy, sys.executable, "-m", "deploy.checks")
    assert "activities/wiring.py: Nobody does ['CleanUp.FLAVOR']" in said


def test_an_attribute_that_no_copy_gets_is_refused(copy: Path) -> None:
    _plant(copy, WITHOUT_COPY)
    said = _said(copy, sys.executable, "-m", "deploy.checks")
    assert "address_group.name is declared copied, and no copy gets it" in said
