"""Daemons of the lab: start once, know whether one still runs, stop only what was started here.

A pid file holds the process id and its start time from /proc, because a pid alone may since belong
to somebody else's process.
"""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from deploy.pods.commands import environment
from deploy.pods.console import LabError
from deploy.pods.layout import State

# In the environment of every daemon and its children: the state folder they belong to.
_LIFE = "TRIO2O_LIFE"


@dataclass(frozen=True)
class Daemon:
    """One long-lived process and how to see that it serves; ``probe`` is a command that succeeds
    then, for what listens before it serves."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    socket: Path | None = None
    url: str | None = None
    namespace: str | None = None
    probe: tuple[str, ...] = ()
    patience: float = 120

    def answers(self) -> bool:
        """Whether it accepts connections (or, without a door of its own, always true)."""
        if self.probe:
            return subprocess.run(self.probe, capture_output=True).returncode == 0
        if self.url:
            return _http_answers(self.url)
        if self.port:
            return _connects(socket.AF_INET, ("127.0.0.1", self.port))
        if self.socket:
            return _connects(socket.AF_UNIX, str(self.socket))
        return True


def _connects(family: socket.AddressFamily, address: tuple[str, int] | str) -> bool:
    with socket.socket(family) as probe:
        probe.settimeout(2)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True


def _http_answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False


def _start_time(pid: int) -> str | None:
    """The kernel's start time of a living process. A zombie counts as dead: init may reap late."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


class Supervisor:
    """Starts, watches and stops daemons, with pid files and logs in the state folder."""

    def __init__(self, state: State) -> None:
        self._state = state

    def _pid_file(self, name: str) -> Path:
        return self._state.folder("run") / f"{name}.pid"

    def log_file(self, name: str) -> Path:
        """Where a daemon's output goes."""
        return self._state.folder("log") / f"{name}.log"

    def pid(self, name: str) -> int | None:
        """The process id of a daemon that was started here and still runs."""
        try:
            text, started = self._pid_file(name).read_text().split()
        except (OSError, ValueError):
            return None
        return int(text) if _start_time(int(text)) == started else None

    def started(self, name: str) -> datetime:
        """When a daemon was started, for telling old heartbeats from new ones."""
        return datetime.fromtimestamp(self._pid_file(name).stat().st_mtime, UTC)

    def start(self, daemon: Daemon) -> None:
        """Start the daemon unless it runs already."""
        if self.pid(daemon.name):
            return
        door = daemon.url or (daemon.port and f"port {daemon.port}")
        if door and daemon.answers():
            # It may share the port with ours, and would get half of its calls.
            raise LabError(
                f"{daemon.name} needs {door}, but a process that this lab did not start answers"
                " there: 'ss -ltnp' shows which"
            )
        command = daemon.command
        if daemon.namespace:
            command = ("ip", "netns", "exec", daemon.namespace, *command)
        with self.log_file(daemon.name).open("ab") as log:
            process = subprocess.Popen(
                command,
                env=environment(self._state, daemon.env) | {_LIFE: str(self._state.root)},
                cwd=self._state.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started = _start_time(process.pid)
        self._pid_file(daemon.name).write_text(f"{process.pid} {started}\n")

    def end_former_lives(self) -> None:
        """Nothing runs that was started for this state folder, unless a lab of it is running.

        Such processes outlive a lab whose state folder was removed, or whose daemons were killed
        without their children; they hold ports, and talk to the new lab.
        """
        if any(self.pid(file.stem) for file in self._state.folder("run").glob("*.pid")):
            # Whose children those are that have left their session cannot be told.
            return
        ours = f"{_LIFE}={self._state.root}".encode()
        folder = self._state.root.stat()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if ours not in (process / "environ").read_bytes().split(b"\0"):
                    continue
                # In a mount namespace of its own, another lab has the same path for its folder.
                seen = process / "root" / self._state.root.relative_to("/")
                if os.path.samestat(seen.stat(), folder):
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                # It ended meanwhile, or is another user's.
                continue

    def wait(self, daemon: Daemon) -> None:
        """Return when the daemon answers; fail at once when it has died."""
        deadline = time.monotonic() + daemon.patience
        while not daemon.answers():
            if not self.pid(daemon.name):
                raise LabError(f"{daemon.name} ended while starting{self._tail(daemon.name)}")
            if time.monotonic() > deadline:
                raise LabError(f"{daemon.name} did not answer in time{self._tail(daemon.name)}")
            time.sleep(0.2)

    def _tail(self, name: str) -> str:
        log = self.log_file(name)
        lines = log.read_text(errors="replace").splitlines()[-15:]
        return "\n".join((f"; the end of {log}:", *lines))

    def stop(self, names: Collection[str], patience: float = 20) -> None:
        """Stop these daemons with all their children; they are gone afterwards."""
        pids = {name: pid for name in names if (pid := self.pid(name))}
        for pid in pids.values():
            _signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        waiting = dict(pids)
        while waiting and time.monotonic() < deadline:
            waiting = {name: pid for name, pid in waiting.items() if self.pid(name)}
            time.sleep(0.1)
        for pid in pids.values():
            _signal_group(pid, signal.SIGKILL)
        for name in names:
            self._pid_file(name).unlink(missing_ok=True)


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
