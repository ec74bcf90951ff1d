"""``deploy/test [static] [unit] [fast] [postgresql] [real]``: the rings, each with its count.

static: ruff, mypy, import-linter, and checks of our own. unit: the rules of ``models/``, without a
process, in seconds; it fails where it covers too few of their lines. fast: ring 1, all processes
real but the regions. postgresql: what of it has a database, on a PostgreSQL server of the tests'
own; where none is installed it says so. real: rings 2 and 3, two OpenStack regions and packets,
and the walk in both orders; where real regions cannot run it says so and walks through simulated
ones.
"""

import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deploy.pods.console import LabError, say
from deploy.pods.layout import State
from deploy.pods.packages import check_machine

ROOT = Path(__file__).parent.parent
BIN = Path(sys.prefix) / "bin"
RINGS = ("static", "unit", "fast", "postgresql", "real")
# One for a core where nothing waits. The other rings wait for what is real: a third one meanwhile.
UNIT_PARTS, PARTS = 2, 3
# Longer than anything takes that works; then it hangs, and a log is worth more than waiting.
MOST_SECONDS = 1800
STATIC = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import-linter", ("lint-imports", "--no-cache")),
    ("deploy.checks", ("python", "-m", "deploy.checks")),
)
UNIT = ("tests/unit",)
FAST = ("tests/architecture", "tests/api", "tests/workflows", "tests/replay", "tests/contract")
POSTGRESQL = ("tests/api", "tests/workflows")
REAL = ("tests/lab", "tests/contract", "tests/real")


@dataclass
class Ring:
    """One ring as the summary shows it."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)
    begin: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def end(self) -> "Ring":
        """Stop its clock."""
        self.seconds = time.monotonic() - self.begin
        return self

    def line(self) -> str:
        """Its line of the summary."""
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        return "\n   ".join((f"{self.name:11}{counts}, {self.seconds:.0f} s", *self.notes))


def main() -> int:
    """Run the rings; 0 when nothing failed. The last line is ``N passed, M failed``."""
    asked = sys.argv[1:] or list(RINGS)
    if unknown := [name for name in asked if name not in RINGS]:
        say(f"usage: deploy/test [{'] ['.join(RINGS)}]; there is no {' '.join(unknown)}")
        return 2
    state = State.from_environment()
    run = {"static": _static, "unit": _unit, "fast": _fast, "real": _real}
    run["postgresql"] = _postgresql
    rings = [run[name](state) for name in RINGS if name in asked]
    say("\n== Summary")
    for ring in rings:
        say(f"   {ring.line()}")
    failed = sum(ring.failed for ring in rings)
    say(f"{sum(ring.passed for ring in rings)} passed, {failed} failed")
    return 1 if failed else 0


def _static(_: State) -> Ring:
    ring = Ring("static")
    for title, (program, *words) in STATIC:
        _count(ring, title, _run(title, (str(BIN / program), *words)))
    return ring.end()


def _unit(state: State) -> Ring:
    ring = Ring("unit")
    folder = state.folder("log")
    coverage, log = str(BIN / "coverage"), folder / "unit-coverage.log"
    whole = {"COVERAGE_FILE": str(folder / "unit.coverage")}
    parts = [
        {"COVERAGE_FILE": str(folder / f"unit-{n}.coverage")} for n in range(1, UNIT_PARTS + 1)
    ]
    _parts(ring, state, UNIT, parts, (coverage, "run"))
    files = [part["COVERAGE_FILE"] for part in parts]
    _run("coverage of both", (coverage, "combine", *files), env=whole, quiet=True)
    status = _run("lines of models/ that it covers", (coverage, "report"), log=log, env=whole)
    _count(ring, "to cover enough of models/", status)
    if total := re.search(r"^TOTAL.* (\d+%)$", log.read_text(), re.M):
        ring.notes.append(f"covers {total[1]} of the lines of models/")
    return ring.end()


def _fast(state: State) -> Ring:
    ring = Ring("fast")
    _parts(ring, state, FAST, [{"TRIO2O_CONTRACT_LAB": "no"}] * PARTS)
    return ring.end()


def _postgresql(state: State) -> Ring:
    ring = Ring("postgresql")
    if not list(Path("/usr/lib/postgresql").glob("*/bin")):
        ring.notes.append("SKIPPED: PostgreSQL is not installed (apt-get install postgresql)")
        ring.skipped += len(POSTGRESQL)
        return ring.end()
    _parts(ring, state, POSTGRESQL, [{"TRIO2O_TEST_DATABASE": "postgresql"}] * PARTS)
    return ring.end()


def _parts(
    ring: Ring,
    state: State,
    folders: Sequence[str],
    envs: Sequence[Mapping[str, str]],
    before: Sequence[str] = (),
) -> None:
    """Run a part for each of the environments, all at once (tests/support/parts.py)."""
    parts = []
    for number, env in enumerate(envs, 1):
        name, share = f"{ring.name}-{number}", f"--part={number}/{len(envs)}"
        command = (*before, *_pytest_command(name, state, folders, share))
        log = state.folder("log") / f"pytest-{name}.log"
        with log.open("w") as out:
            parts.append((name, command, log, _start(command, env, out)))
    for name, command, log, running in parts:
        say(f"\n== {name} of {len(parts)}: {' '.join(command)}")
        status, _ = _follow(running)
        say(f"{log.read_text()}   {time.monotonic() - ring.begin:.1f} s  {_verdict(status)}")
        _read(ring, name, state, status)


def _real(state: State) -> Ring:
    ring = Ring("real")
    try:
        check_machine()
    except LabError as reason:
        ring.notes.append(f"SKIPPED {' '.join(REAL)}: {reason}")
        ring.notes.append("walked through simulated regions instead: the same API, no packets")
        ring.skipped += len(REAL)
        _walk(ring, state, "--simulated")
        return ring.end()
    was_up = _run("was the lab up?", ("deploy/lab", "status"), quiet=True) == 0
    if _run("the lab", ("deploy/lab", "up")) != 0:
        ring.failed += 1
        ring.notes.append(f"FAILED deploy/lab up; its logs: {state.root / 'log'}")
        return ring.end()
    _pytest(ring, "real", state, REAL)
    _walk(ring, state)
    if not was_up:
        _run("stop what was started", ("deploy/gateway", "down"))
        _run("stop what was started", ("deploy/lab", "down"))
    return ring.end()


def _walk(ring: Ring, state: State, *words: str) -> None:
    """Walk the guide, then the other way round: that walk finds what the first one left."""
    # What runs may be of an older checkout.
    _run("gateway down", ("deploy/gateway", "down", *words))
    log = state.folder("log") / "walkthrough.log"
    for title, order in (("the walkthrough", ()), ("the walkthrough in reverse", ("--reverse",))):
        status = _run(title, ("deploy/demo", *words, *order), log=log)
        last = (log.read_text().splitlines() or [""])[-1]
        counts = re.fullmatch(r"(\d+) passed, (\d+) failed", last)
        if counts is None:
            _count(ring, title, status or 1)
            continue
        ring.passed += int(counts[1])
        ring.failed += int(counts[2])
    if words:
        _run("gateway down", ("deploy/gateway", "down", *words))


def _report(name: str, state: State) -> Path:
    return state.folder("log") / f"pytest-{name}.xml"


def _pytest_command(
    name: str, state: State, folders: Sequence[str], *words: str
) -> tuple[str, ...]:
    report = _report(name, state)
    report.unlink(missing_ok=True)
    shown = ("-q", "-ra", "--durations=15", f"--junitxml={report}")
    return (str(BIN / "pytest"), *shown, *words, *folders)


def _pytest(
    ring: Ring,
    name: str,
    state: State,
    folders: Sequence[str],
    env: Mapping[str, str] | None = None,
    *words: str,
) -> None:
    command = _pytest_command(name, state, folders, *words)
    _read(ring, name, state, _run(f"pytest {' '.join(folders)}", command, env=env))


def _read(ring: Ring, name: str, state: State, status: int) -> None:
    report = _report(name, state)
    if not report.exists():
        _count(ring, f"pytest of {name}", status or 1)
        return
    failed = ring.failed
    for suite in ElementTree.parse(report).getroot():
        broken = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        ring.failed += broken
        ring.skipped += skipped
        ring.passed += max(0, int(suite.get("tests", 0)) - broken - skipped)
    if status and ring.failed == failed:
        _count(ring, f"pytest of {name} ended with {status}", status)


def _count(ring: Ring, title: str, status: int) -> None:
    if status == 0:
        ring.passed += 1
    else:
        ring.failed += 1
        ring.notes.append(f"FAILED {title}")


def _run(
    title: str,
    command: Sequence[str],
    *,
    log: Path | None = None,
    quiet: bool = False,
    env: Mapping[str, str] | None = None,
) -> int:
    """Run a command to its end and show what it says; its status, or -9 when it hung."""
    if not quiet:
        say(f"\n== {title}: {' '.join(command)}")
    begin = time.monotonic()
    status, said = _follow(_start(command, env), quiet=quiet)
    if log:
        log.write_text(said)
    if not quiet:
        say(f"   {time.monotonic() - begin:.1f} s  {_verdict(status)}")
    return status


def _start(
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
    out: IO[str] | int = subprocess.PIPE,
) -> subprocess.Popen[str]:
    wanted = ("env", *(f"{name}={value}" for name, value in (env or {}).items()), *command)
    return subprocess.Popen(
        wanted,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _follow(process: subprocess.Popen[str], *, quiet: bool = False) -> tuple[int, str]:
    signal.signal(signal.SIGALRM, lambda *_: process.kill())
    signal.alarm(MOST_SECONDS)
    said = []
    for line in process.stdout or ():
        if not quiet:
            say(line.rstrip("\n"))
        said.append(line)
    status = process.wait()
    signal.alarm(0)
    return status, "".join(said)


def _verdict(status: int) -> str:
    return "ok" if status == 0 else f"FAILED ({status})"


if __name__ == "__main__":
    sys.exit(main())
