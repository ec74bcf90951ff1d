"""Rules of the house that no linter knows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import activities
import api
import models
import workflows

ROOT = Path(__file__).parents[2]


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ("git", "ls-files", "-z", *patterns), cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_imports_go_down_only() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run((command, "--no-cache"), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", [api, workflows, activities, models])
def test_our_packages_win_over_installed_ones(package: object) -> None:
    file = getattr(package, "__file__", None)
    assert file is not None, "a namespace package loses to any regular one of its name"
    assert Path(file).parent.parent == ROOT


def test_folders_under_tests_are_no_packages() -> None:
    # tests/api/__init__.py would make that folder the package api.
    assert _tracked("tests/*/__init__.py") == []


def test_top_level_is_as_agreed() -> None:
    listed = {path.relative_to(ROOT).parts[0] for path in _tracked()}
    folders = {"api", "workflows", "activities", "models", "deploy", "tests"}
    files = {"pyproject.toml", "README.md", "LICENSE", "requirements.lock"}
    assert {name for name in listed if not name.startswith(".")} == folders | files


def test_no_file_names_the_machine_it_was_written_on() -> None:
    # Put together here, so that this file does not name it either.
    paths = re.compile("/" + "work/|/" + "home/[a-z]|/" + "root/")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _tracked()
        if path.name != "requirements.lock"
        for number, line in enumerate(_text(path).splitlines(), 1)
        if paths.search(line)
    ]
    assert found == []


def test_nothing_prints_but_commands() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in _tracked("api/*.py", "workflows/*.py", "activities/*.py", "models/*.py")
        if re.search(r"(?<![\w.])print\(", _text(path))
    ]
    assert found == []


def test_a_time_alone_orders_nothing() -> None:
    # Times have whole seconds: rows of one second come as the database likes.
    found = [
        f"{path.relative_to(ROOT)}: {call[0]}"
        for path in _tracked("api/*.py", "activities/*.py", "models/*.py", "workflows/*.py")
        for call in re.finditer(r"\.order_by\([^()]*created_at\)", _text(path))
    ]
    assert found == []


def test_rows_are_held_by_one_door() -> None:
    # It refuses to hold what a transaction that only reads would soon let go.
    found = [
        str(path.relative_to(ROOT))
        for path in _tracked("api/*.py", "activities/*.py", "models/*.py")
        if ".with_for_update()" in _text(path)
    ]
    assert found == ["models/database/transaction.py"]


def _text(path: Path) -> str:
    return path.read_text(errors="replace")
