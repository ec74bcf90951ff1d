"""The walks by reading, as ``read.yaml`` tells them: how many files a reader opens."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
STEPS = Path(__file__).parent / "read.yaml"
HEAD = "| walk | files, reading | returns | files, running |\n|---|---|---|---|\n"


@dataclass(frozen=True)
class Reading:
    """One walk: its files and names, in the order in which they are read."""

    name: str
    steps: list[tuple[str, str]]

    @property
    def files(self) -> int:
        """How many different files are opened."""
        return len({file for file, _ in self.steps})

    @property
    def returns(self) -> int:
        """How many times the reader comes back to a file that he has left."""
        left: set[str] = set()
        count = 0
        for (before, _), (file, _) in zip(self.steps, self.steps[1:], strict=False):
            if file != before:
                left.add(before)
                count += file in left
        return count


def line(reading: Reading, running: int | None) -> str:
    """Return its line of the table; ``running`` None: all of it is part of every request."""
    read = f"{reading.files} | {reading.returns}" if reading.steps else "known | "
    return f"| {reading.name} | {read} | {'' if running is None else running} |\n"


def readings() -> list[Reading]:
    """All of them, in the order of the page's table."""
    told: list[dict[str, Any]] = yaml.safe_load(STEPS.read_text())
    return [
        Reading(walk["walk"], [(file, name) for file, name, _ in walk["steps"]]) for walk in told
    ]


def names(file: str) -> set[str]:
    """What a module defines: ``function``, ``Class.method`` and ``NAME``."""
    found: set[str] = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        match node:
            case ast.ClassDef(name=name, body=body):
                methods = (ast.FunctionDef, ast.AsyncFunctionDef)
                found |= {name, *(f"{name}.{m.name}" for m in body if isinstance(m, methods))}
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.Assign(targets=targets):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found
