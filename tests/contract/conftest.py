"""The two places a scenario is played: the simulator always, the lab when it is up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.client import logins, send
from tests.contract.play import Cloud, Play
from tests.contract.shapes import differences

ROOT = Path(__file__).parents[2]
Scenario = Callable[[Play], None]
SAID = pytest.StashKey[str]()


@dataclass
class Places:
    simulator: Cloud
    lab: Cloud | None

    def compare(self, scenario: Scenario) -> None:
        """Play it in the simulator and, if there is one, in the lab; they must not differ."""
        simulated = _played(scenario, self.simulator)
        found = list(simulated.wrong)
        if self.lab is not None:
            real = _played(scenario, self.lab)
            found += real.wrong
            for left, right in zip(real.steps, simulated.steps, strict=True):
                if left.error != right.error:
                    found.append(f"{left.label}: {left.error} is real, {right.error} simulated")
                found += [f"{left.label}: {d}" for d in differences(left.shape, right.shape)]
        if found:
            pytest.fail("\n".join(dict.fromkeys(found)), pytrace=False)


@pytest.fixture(scope="session")
def places(simulator: Cloud, lab: Cloud | None) -> Places:
    return Places(simulator, lab)


@dataclass
class Process:
    """A running simulator."""

    ready: dict[str, Any]
    clouds_yaml: Path


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    clouds_yaml = tmp_path_factory.mktemp("simulator") / "clouds.yaml"
    command = [sys.executable, "-m", "deploy.simulator", "--regions", "Pod1,Pod2"]
    with subprocess.Popen(
        [*command, "--clouds-yaml", str(clouds_yaml)], cwd=ROOT, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        yield Process(json.loads(running.stdout.readline()), clouds_yaml)
        running.terminate()


@pytest.fixture(scope="session")
def simulator(process: Process) -> Cloud:
    return _signed_in("simulator", process.clouds_yaml)


@pytest.fixture(scope="session")
def control_url(process: Process) -> str:
    return str(process.ready["control"])


@pytest.fixture(scope="session")
def lab(pytestconfig: pytest.Config) -> Cloud | None:
    """The lab, unless it is down or `TRIO2O_CONTRACT_LAB=no`."""
    found, said = _lab()
    pytestconfig.stash[SAID] = said
    return found


def _lab() -> tuple[Cloud | None, str]:
    without = "the simulator was held against the recorded refusals only"
    if os.environ.get("TRIO2O_CONTRACT_LAB") == "no":
        return None, f"told to leave the lab alone: {without}"
    clouds_yaml = Path(os.environ.get("TRIO2O_STATE", "/var/tmp/trio2o")) / "clouds.yaml"
    if not clouds_yaml.exists():
        return None, f"no lab: {without}"
    auth_url = logins(clouds_yaml.read_text())["admin"].auth["auth_url"]
    try:
        send("GET", auth_url, {})
    except OSError:
        return None, f"the lab is down: {without}"
    return _signed_in("lab", clouds_yaml), "the simulator was compared with the lab"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what the simulator was compared with: silence would look like trust."""
    said = config.stash.get(SAID, None)
    if said:
        terminalreporter.write_line(f"contract: {said}")


def _signed_in(name: str, clouds_yaml: Path) -> Cloud:
    users = logins(clouds_yaml.read_text())
    for login in users.values():
        login.sign_in()
    return Cloud(name, users, ("Pod1", "Pod2"))


def _played(scenario: Scenario, cloud: Cloud) -> Play:
    play = Play(cloud)
    try:
        scenario(play)
    finally:
        play.undo()
    return play
