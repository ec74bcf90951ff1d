"""Processes under test: started, killed, started again, and never left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / ".venv" / "bin"
START_SECONDS = 180.0


def free_ports(number: int) -> list[int]:
    """Ports of the loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Process:
    """A command with its log; ``ready`` says when it serves."""

    def __init__(
        self, name: str, command: list[str], log: Path, ready: Callable[[], bool], **env: str
    ) -> None:
        self.name, self.log = name, log
        self._command, self._ready = command, ready
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("OS_", "TRIO2O_"))}
        self._env = kept | env
        self._process: subprocess.Popen[bytes] | None = None
        self._begin = self._mark = 0

    def run_as(self, command: list[str]) -> None:
        """Start another command from now on."""
        self._command = command

    def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it is ready."""
        self._begin = len(self.text())
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._env, stdout=log, stderr=subprocess.STDOUT
            )
        if wait:
            self.wait()

    def wait(self) -> None:
        """Wait until it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            assert self.running, f"{self.name} ended while starting:\n{self.tail()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready:\n{self.tail()}"
            time.sleep(0.05)

    def kill(self) -> None:
        """Take it away without a warning: kill -9."""
        self._end(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end; insist after a while."""
        self._end(number)

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None, f"{self.name} does not run"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def mark(self) -> None:
        """From here on its log is of interest."""
        self._mark = len(self.text())

    def tail(self, lines: int = 60) -> str:
        """The end of its log since the mark."""
        return "\n".join(line[:400] for line in self.text()[self._mark :].splitlines()[-lines:])

    def has_said(self, words: str) -> bool:
        """Whether its log has the words since its last start."""
        return words in self.text()[self._begin :]

    def text(self) -> str:
        """Its whole log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(number)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
