"""Temporal's dev server, as the deployment starts it, and its command."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

from tests.support.processes import PROGRAMS, Process, free_ports

# Its own values poll twenty times a second: every hop of an execution would take 50 ms.
DYNAMIC = (
    "history.transferProcessorMaxPollRPS=2000",
    "history.visibilityProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
)


class Temporal:
    """The server. It remembers on disk, so that it may be killed and started again."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """``port`` is that of a server that runs already."""
        self.port, self.ui_port = free_ports(2)
        self.port = port or self.port
        self.address = f"127.0.0.1:{self.port}"
        self.ui_url = f"http://127.0.0.1:{self.ui_port}"
        command = [str(PROGRAMS / "temporal"), "server", "start-dev", "--ip", "127.0.0.1"]
        command += ["--port", str(self.port), "--ui-ip", "127.0.0.1"]
        command += ["--ui-port", str(self.ui_port), "--log-level", "error"]
        self._database = folder / "temporal.db"
        command += ["--db-filename", str(self._database)]
        for value in DYNAMIC:
            command += ["--dynamic-config-value", value]
        self.process = Process("temporal", command, folder / "temporal.log", self._serves)

    def _serves(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return self._run("operator", "cluster", "health").returncode == 0

    def lose_everything(self) -> None:
        """Remove what it remembers; it must not be running."""
        for file in self._database.parent.glob(f"{self._database.name}*"):
            file.unlink()

    def command(self, *words: str) -> str:
        """Run the ``temporal`` command, as an operator would; what it printed."""
        done = self._run(*words)
        assert done.returncode == 0, f"temporal {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def show(self, *words: str) -> Any:
        """Run a command that prints JSON."""
        return json.loads(self.command(*words, "--output", "json"))

    def history(self, workflow_id: str, run_id: str = "") -> str:
        """The whole history of an execution, as JSON."""
        run = ("--run-id", run_id) if run_id else ()
        return self.command("workflow", "show", "-w", workflow_id, *run, "--output", "json")

    def executions(self, query: str = "") -> list[dict[str, Any]]:
        """The executions that match, newest first."""
        where = ("--query", query) if query else ()
        rows: list[dict[str, Any]] = self.show("workflow", "list", "--limit", "1000", *where)
        return rows

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(PROGRAMS / "temporal"), *words, "--address", self.address]
        return subprocess.run(command, capture_output=True, text=True)
