"""Tempest itself: installed in an environment of its own, and played against one side."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from deploy.pods.commands import run
from deploy.pods.console import LabError, say
from deploy.pods.layout import State
from tests.tempest import configuration
from tests.tempest.cloud import Cloud
from tests.tempest.things import prepared

HERE = Path(__file__).parent
INSIDE = HERE / "inside"
LOCK = HERE / "requirements.lock"
# Where tests come from; other lines of a list are warnings of what is imported for it.
PACKAGES = ("tempest.", "neutron_tempest_plugin.")


@dataclass(frozen=True)
class Outcome:
    """How one test ended: passed, failed or skipped."""

    status: str
    reason: str = ""
    seconds: float = 0.0


@dataclass
class Played:
    """One side's outcomes by test; and failed clean-ups of classes, which are no tests."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    clean_ups: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @classmethod
    def load(cls, file: Path) -> "Played":
        """What ``save`` wrote."""
        kept = json.loads(file.read_text())
        outcomes = {test: Outcome(**outcome) for test, outcome in kept["outcomes"].items()}
        return cls(outcomes, kept["clean_ups"], kept["seconds"])

    def save(self, file: Path) -> None:
        """Keep it for ``--control``."""
        file.write_text(json.dumps(asdict(self), indent=1))

    def add(self, other: "Played") -> None:
        """Both together; where both have a test, the other's outcome."""
        self.outcomes |= other.outcomes
        self.clean_ups |= other.clean_ups
        self.seconds += other.seconds


class Tempest:
    """The environment in the state folder."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._venv = state.root / "tempest" / "venv"

    def install(self) -> None:
        """The pinned release is there."""
        stamp = self._venv / "trio2o.stamp"
        wanted = sha256(LOCK.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        uv = os.environ["UV"]
        run((uv, "venv", "--quiet", "--clear", str(self._venv)))
        python = str(self._venv / "bin" / "python")
        install = (uv, "pip", "install", "--quiet", "--compile-bytecode", "--require-hashes")
        run((*install, "--python", python, "-r", str(LOCK)))
        stamp.write_text(wanted)

    def tests(self, patterns: Iterable[str]) -> list[str]:
        """The full names of all tests that one of the patterns matches."""
        folder = self._state.folder("tempest", "list")
        # Listing imports the tests, and some of them read the configuration.
        (folder / "tempest.conf").touch()
        regex = "|".join(f"(?:{pattern})" for pattern in patterns)
        return sorted(self._list(folder, regex))

    def _list(self, folder: Path, regex: str) -> list[str]:
        if not (folder / ".stestr").exists():
            self._run(folder, str(self._venv / "bin" / "stestr"), "init")
        out = self._run(folder, *self._tempest("run", "--list-tests", "--regex", regex))
        return [line for line in out.splitlines() if line.startswith(PACKAGES)]

    def folder(self, region: str) -> Path:
        """Where the last run against a region left its configuration, log and outcomes."""
        return self._state.root / "tempest" / region

    def play(self, cloud: Cloud, region: str, tests: Sequence[str], concurrency: int) -> Played:
        """Run the tests against this region; every one of them has an outcome."""
        folder = self.folder(region)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with prepared(cloud, region) as things:
            configuration.write(cloud, region, things, folder)
            # A test's tags (after the bracket) depend on the configuration.
            wanted = {_bare(test) for test in tests}
            here = [test for test in self._list(folder, ".") if _bare(test) in wanted]
            (folder / "tests").write_text("\n".join((*here, "")))
            begin = time.monotonic()
            finished = dict(self._stream(folder, concurrency))
            played = _sorted_out(tests, finished)
        played.seconds = time.monotonic() - begin
        played.save(folder / "outcomes.json")
        return played

    def _stream(self, folder: Path, concurrency: int) -> Iterator[tuple[str, Outcome]]:
        words = ("run", "--subunit", "--load-list", "tests", "--concurrency", str(concurrency))
        with (folder / "errors").open("w") as errors:
            tempest = subprocess.Popen(
                self._tempest(*words),
                cwd=folder,
                env=self._environment(folder),
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            reader = subprocess.Popen(
                (self._venv / "bin" / "python", INSIDE / "outcomes.py"),
                stdin=tempest.stdout,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
            assert reader.stdout is not None
            for line in reader.stdout:
                outcome = json.loads(line)
                test = outcome.pop("id")
                if outcome["status"] == "failed":
                    say(f"   failed: {_bare(test)}: {outcome['reason'][:200]}")
                yield test, Outcome(**outcome)
            tempest.wait()
            reader.wait()

    def _tempest(self, *words: str) -> tuple[str, ...]:
        program = str(self._venv / "bin" / "tempest")
        return (program, words[0], "--config-file", "tempest.conf", *words[1:])

    def _environment(self, folder: Path) -> dict[str, str]:
        path = f"{self._venv / 'bin'}:/usr/bin:/bin"
        return {
            "PATH": path,
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(INSIDE),
            "OS_TEST_TIMEOUT": "900",
        }

    def _run(self, folder: Path, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=folder,
            env=self._environment(folder),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise LabError(f"{' '.join(command)}: {done.stderr[-2000:]}")
        return done.stdout


def _bare(test: str) -> str:
    return test.partition("[")[0]


def _sorted_out(tests: Sequence[str], finished: dict[str, Outcome]) -> Played:
    """A class that was skipped or failed as a whole reports one event for all of its tests."""
    played = Played()
    alone = {_bare(name): outcome for name, outcome in finished.items()}
    for test in tests:
        name = _bare(test)
        whole = finished.get(f"setUpClass ({name.rpartition('.')[0]})")
        unknown = Outcome("failed", "Tempest ended without having run it")
        played.outcomes[test] = alone.get(name) or whole or unknown
    for name, outcome in finished.items():
        if name.startswith("tearDownClass") and outcome.status == "failed":
            played.clean_ups[name] = outcome.reason
    return played
