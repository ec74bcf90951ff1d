"""Side: the stock clients as one user of one region, with what their output has told so far."""

from __future__ import annotations

import json
import os
import re
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from tests.clients.output import value

RUNNER = Path(__file__).parent / "runner.py"
# A command that waits for a server may take long on a busy machine; a hung one is ended.
PATIENCE = 240.0
PAUSE = 0.5


@dataclass(frozen=True)
class Result:
    """What one command did; how many answers it read, and which told a secret address."""

    status: int
    out: str
    errors: str
    read: int = 0
    told: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """One command. ``save`` names variables and the fields of its output that they are set to.

    After a field, `` =~ `` and a pattern say which part of it: the first group.

    ``until`` is a command and, after ``==``, what it has to print before the scenario goes on.
    ``only`` names the one side that it is for.
    """

    run: str
    save: Mapping[str, str]
    until: str
    only: str

    @classmethod
    def read(cls, given: Any) -> Step:
        """Return the step that a scenario's line or object describes."""
        if isinstance(given, str):
            given = {"run": given}
        return cls(
            given.get("run", ""),
            given.get("save", {}),
            given.get("until", ""),
            given.get("only", ""),
        )


class Side:
    """Runs the steps of scenarios."""

    def __init__(
        self,
        name: str,
        auth: Mapping[str, Any],
        variables: Mapping[str, str],
        legacy: Path,
        secret: Iterable[str] = (),
    ) -> None:
        self.name = name
        self._legacy = legacy
        self._first = dict(variables)
        self.variables: dict[str, str] = {}
        self._env = _environment(auth) | {"SECRET": ",".join(secret)}
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def begin(self) -> None:
        """Forget what an earlier scenario has saved."""
        self.variables = dict(self._first)

    def close(self) -> None:
        """End the processes."""
        for process in self._processes.values():
            process.terminate()
            process.wait()
        self._processes.clear()

    def step(self, step: Step) -> Result:
        """Run a step; keep what it saves; wait for what it waits for."""
        result = self.run(step.run) if step.run else Result(0, "", "")
        for name, field in step.save.items():
            heading, _, pattern = field.partition(" =~ ")
            found = value(result.out, heading)
            if pattern:
                match = re.search(pattern, found)
                found = match[1] if match else ""
            if found:
                self.variables[name] = found
        if step.until and not result.status:
            until = Template(step.until).safe_substitute(self.variables)
            command, _, wanted = until.partition(" ==")
            deadline = time.monotonic() + PATIENCE / 4
            while (said := self.run(command)).out.strip() != wanted.strip():
                if time.monotonic() > deadline:
                    got = said.out.strip() or said.errors.strip()
                    return Result(1, result.out, f"never so: {step.until}, but {got[-300:]}")
                time.sleep(PAUSE)
        return result

    def run(self, command: str) -> Result:
        """Run one command with the variables put in."""
        words = shlex.split(Template(command).safe_substitute(self.variables))
        process = self._process(words[0])
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(words) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
        line = process.stdout.readline() if ready else ""
        if not line:
            process.kill()
            process.wait()
            self._processes = {k: p for k, p in self._processes.items() if p is not process}
            return Result(-1, "", f"no end after {PATIENCE:.0f} s" if not ready else "it died")
        return Result(*json.loads(line))

    def _process(self, program: str) -> subprocess.Popen[str]:
        kind = "openstack" if program == "openstack" else "legacy"
        if kind not in self._processes:
            python = sys.executable if kind == "openstack" else str(self._legacy / "bin/python")
            self._processes[kind] = subprocess.Popen(
                [python, str(RUNNER)],
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                bufsize=1,
            )
        return self._processes[kind]


def _environment(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of an openrc file: every client knows these, few clouds.yaml."""
    auth = entry["auth"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OS_", "TRIO2O_"))}
    # The interpreter's path is ours; the old clients have their own.
    kept.pop("PYTHONPATH", None)
    return kept | {
        "OS_AUTH_URL": auth["auth_url"],
        "OS_USERNAME": auth["username"],
        "OS_PASSWORD": auth["password"],
        "OS_PROJECT_NAME": auth["project_name"],
        "OS_USER_DOMAIN_NAME": auth.get("user_domain_name", "Default"),
        "OS_PROJECT_DOMAIN_NAME": auth.get("project_domain_name", "Default"),
        "OS_REGION_NAME": entry["region_name"],
        "OS_IDENTITY_API_VERSION": "3",
        "OS_INTERFACE": "public",
    }
