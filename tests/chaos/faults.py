"""What happens to the processes of the cluster, and how each of them is well again."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.pods.console import LabError
from deploy.pods.processes import Daemon
from tests.chaos.stage import SKEWED, Stage, no_clocks
from tests.support.simulator import PODS

# Every few seconds one begins, and none lasts longer; two may overlap.
PAUSE = (2.0, 5.0)
LASTS = (1.0, 8.0)
AT_ONCE = 2
SKEW = 12
_RESTART_SECONDS = 90.0
_GATEWAYS = ("gateway1", "gateway2")
_MORTAL = (*_GATEWAYS, "worker1", "worker2", "temporal", "postgresql")
_CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
)


@dataclass(frozen=True)
class Fault:
    """A kind of fault, and whom it befalls; it lasts while its context does."""

    kind: str
    target: str
    begin: Callable[[], Iterator[None]]


class Faults:
    """Plays faults by chance until told to stop; then all is well again."""

    def __init__(self, stage: Stage, chance: random.Random, tell: Callable[[str], None]) -> None:
        self._stage, self._chance, self._tell = stage, chance, tell
        self._cluster = stage.cluster
        self._daemons = {daemon.name: daemon for daemon in self._cluster.daemons()}
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.played: Counter[tuple[str, str]] = Counter()
        self.errors: list[str] = []

    def play(self, seconds: float) -> None:
        """Play them for so long; all of them are over afterwards."""
        threads: list[threading.Thread] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            threads = [thread for thread in threads if thread.is_alive()]
            if len(threads) < AT_ONCE and (fault := self._next()):
                lasts = self._chance.uniform(*LASTS)
                threads.append(threading.Thread(target=self._one, args=(fault, lasts)))
                threads[-1].start()
            self._over.wait(self._chance.uniform(*PAUSE))
        for thread in threads:
            thread.join()

    def _next(self) -> Fault | None:
        with self._lock:
            free = [fault for fault in self._every() if fault.target not in self._busy]
            if not free:
                return None
            # Each target as often as each other, however many ways there are to harm it.
            target = self._chance.choice(sorted({fault.target for fault in free}))
            fault = self._chance.choice([fault for fault in free if fault.target == target])
            self._busy.add(target)
            return fault

    def _one(self, fault: Fault, lasts: float) -> None:
        self.played[fault.kind, fault.target] += 1
        self._tell(f"{fault.kind} {fault.target} for {lasts:.1f} s")
        try:
            with contextmanager(fault.begin)():
                self._over.wait(lasts)
        except Exception as error:
            self.errors.append(f"{fault.kind} {fault.target}: {error!r}")
            daemon = self._daemons.get(fault.target)
            if daemon and self._cluster.supervisor.pid(daemon.name) is None:
                self._revive(daemon)
        finally:
            with self._lock:
                self._busy.discard(fault.target)

    def _every(self) -> list[Fault]:
        found = []
        for name in _MORTAL:
            found.append(Fault("kill -9", name, lambda n=name: self._dead(n, signal.SIGKILL)))
            found.append(Fault("pause", name, lambda n=name: self._paused(n)))
            ends = signal.SIGQUIT if name == "postgresql" else signal.SIGTERM
            kind = "immediate stop" if name == "postgresql" else "restart"
            found.append(Fault(kind, name, lambda n=name, e=ends: self._dead(n, e)))
        found.append(Fault("pause", "simulator", lambda: self._paused("simulator")))
        found += [Fault("cut off", name, lambda n=name: self._cut_off(n)) for name in _GATEWAYS]
        found.append(Fault("cut off", "postgresql", self._disconnected))
        for region in (*PODS, "identity"):
            found.append(Fault("unreachable", region, lambda r=region: self._unreachable(r)))
        for region in PODS:
            for kind in ("slow", "lose", "belated", "late"):
                found.append(Fault(kind, region, lambda r=region, k=kind: self._odd(r, k)))
        if not no_clocks():
            found += [Fault("clock", name, lambda n=name: self._skewed(n)) for name in SKEWED]
        return found

    def _dead(self, name: str, number: signal.Signals) -> Iterator[None]:
        """The process with all its children has ended, and comes back."""
        pid = self._pid(name)
        signal_all(tree(pid) if number == signal.SIGKILL else [pid], number)
        try:
            yield
        finally:
            self._revive(self._daemons[name])

    def _paused(self, name: str) -> Iterator[None]:
        """The process with all its children does nothing, and answers nobody."""
        pids = tree(self._pid(name))
        signal_all(pids, signal.SIGSTOP)
        try:
            yield
        finally:
            signal_all(pids, signal.SIGCONT)

    def _cut_off(self, gateway: str) -> Iterator[None]:
        """The front reaches the gateway no longer, and ends what it has with it."""
        for door in ("apis", "network"):
            self._front(f"set server {door}/{gateway} state maint")
            self._front(f"shutdown sessions server {door}/{gateway}")
        try:
            yield
        finally:
            for door in ("apis", "network"):
                self._front(f"set server {door}/{gateway} state ready")

    def _disconnected(self) -> Iterator[None]:
        """Every connection to the database breaks."""
        self._cluster.postgresql.query(_CUT)
        yield

    def _unreachable(self, region: str) -> Iterator[None]:
        self._stage.simulator.die(region)
        try:
            yield
        finally:
            self._stage.simulator.revive(region)

    def _odd(self, region: str, kind: str) -> Iterator[None]:
        seconds = self._chance.uniform(1.0, 6.0)
        with self._stage.simulator.fault(kind, region=region, seconds=seconds):
            yield

    def _skewed(self, name: str) -> Iterator[None]:
        self._cluster.set_clock(name, self._chance.choice((-SKEW, SKEW)))
        try:
            yield
        finally:
            self._cluster.set_clock(name, 0)

    def _pid(self, name: str) -> int:
        pid = self._cluster.supervisor.pid(name)
        if pid is None:
            raise LabError(f"{name} had ended by itself")
        return pid

    def _revive(self, daemon: Daemon) -> None:
        """Start it as often as it takes: children of the dead may still hold what it needs."""
        deadline = time.monotonic() + _RESTART_SECONDS
        while True:
            try:
                if self._cluster.supervisor.pid(daemon.name) is None:
                    self._cluster.supervisor.start(daemon)
                    self._cluster.supervisor.wait(daemon)
                    return
            except LabError:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                # Told to end, it goes on: nothing but this brings it back.
                signal_all(tree(self._pid(daemon.name)), signal.SIGKILL)
            self._over.wait(0.5)

    def _front(self, command: str) -> None:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(10)
            door.connect(str(self._cluster.front.socket))
            door.sendall(f"{command}\n".encode())
            while door.recv(4096):
                pass


def tree(pid: int) -> list[int]:
    """A process and all that descend from it, it first."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def signal_all(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to all of them that are still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
