"""``tests/clients/run``: the commands that stock clients have, at the gateway and at Pod1.

A command passes when it ends as it does against the pod, with output of the same shape: exit code
0, or refused with the same status. Every command that ``openstack`` has for our APIs is in a
scenario; what a pod or the gateway does not do is in ``exceptions.yaml``, with its reason, and
nothing else is. The last line is ``N passed, M failed``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openstack
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy.pods.console import say
from deploy.pods.lab import Lab
from deploy.pods.layout import PODS, TOP_REGION, State
from deploy.stack import Stack as RealStack
from tests.clients.coverage import Commands, Exceptions
from tests.clients.ledger import Ledger
from tests.clients.left import Inventory
from tests.clients.side import Side, Step
from tests.support.stack import Stack as SimulatedStack

HERE = Path(__file__).parent
SCENARIOS = ("image", "network", "extensions", "volume", "groups", "compute", "servers")
# What is called differently on both sides: zones are a pod's own affair.
GATEWAY = {"ZONE": "az1", "AGGREGATE_ZONE": "az1", "HINT": "--availability-zone-hint az1"}
# Kinds of which there are none before; images and flavors are the lab's.
OWN = ("networks", "subnets", "ports", "routers", "security-groups", "servers", "volumes")
POD = {"ZONE": "nova", "AGGREGATE_ZONE": "zone-x", "HINT": ""}


def main() -> int:
    """Run the scenarios; 0 when every command passed."""
    parser = argparse.ArgumentParser(prog="tests/clients/run", description=__doc__)
    parser.add_argument("--only", default=",".join(SCENARIOS), help="scenarios, with commas")
    parser.add_argument("--simulated", action="store_true", help="simulated regions")
    parser.add_argument("--verbose", action="store_true", help="show what commands print")
    words = parser.parse_args()
    asked = [name for name in SCENARIOS if name in words.only.split(",")]
    ledger = Ledger(Commands(), Exceptions.read(HERE / "exceptions.yaml"))
    ledger.covers(step.run for name in SCENARIOS for step in _steps(name))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clients-")))
        regions = _simulated(folder) if words.simulated else _real()
        clouds = stack.enter_context(regions)
        legacy = _legacy()
        key = _public_key(folder)
        sides = [
            Side("Pod1", clouds["pod1-admin"], _variables(POD, key), legacy),
            Side(
                "gateway",
                clouds["admin"],
                _variables(GATEWAY, key),
                legacy,
                _pod_addresses(clouds["admin"]),
            ),
        ]
        for side in sides:
            stack.callback(side.close)
        inventory = Inventory(clouds)
        if taken := _taken(asked, inventory):
            say(f"in the regions already: {taken}; deploy/demo --undo ends with empty ones")
            return 2
        for name in asked:
            _scenario(name, sides, inventory, ledger, verbose=words.verbose)
    ledger.close(real=not words.simulated)
    return 1 if ledger.failed or not ledger.passed else 0


def _scenario(
    name: str, sides: list[Side], inventory: Inventory, ledger: Ledger, *, verbose: bool
) -> None:
    steps = _steps(name)
    before = inventory.take()
    pod, gateway = sides
    say(f"== {name}")
    begin = time.monotonic()
    pod.begin()
    control = [pod.step(step) if step.only != "gateway" else None for step in steps]
    say(f"   control: {pod.name}, {time.monotonic() - begin:.0f} s")
    gateway.begin()
    for step, expected in zip(steps, control, strict=True):
        result = gateway.step(step) if step.only != "pod" else None
        ledger.write(step, expected, result)
        if verbose:
            for side, ended in (("pod", expected), ("gateway", result)):
                say(f"{side}: {ended.out}{ended.errors}" if ended else "")
    for line in inventory.left(before):
        ledger.fail(f"left behind: {line}")
    say(f"   {time.monotonic() - begin:.0f} s")


def _steps(name: str) -> list[Step]:
    return [Step.read(item) for item in yaml.safe_load((HERE / f"{name}.yaml").read_text())]


def _taken(asked: list[str], inventory: Inventory) -> str:
    """Return names that commands give or look for, and that something has.

    The pod, too, would refuse such a command, and both be called alike.
    """
    words = {word for name in asked for step in _steps(name) for word in step.run.split()}
    used = {name for _, kind, _, name in inventory.take() if kind.startswith(OWN)}
    return ", ".join(sorted(words & used))


def _variables(own: Mapping[str, str], key: Path) -> dict[str, str]:
    hint = own["HINT"].replace("-hint ", "-hint=")
    return {**own, "NEUTRON_HINT": hint, "KEY": str(key), "NOTHING": ""}


def _public_key(folder: Path) -> Path:
    key = Ed25519PrivateKey.generate().public_key()
    path = folder / "key.pub"
    path.write_bytes(key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b" clients\n")
    return path


@contextmanager
def _simulated(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Give the users of a stack on simulated regions that is there meanwhile."""
    with SimulatedStack(folder) as stack:
        yield stack.simulator.clouds


@contextmanager
def _real() -> Iterator[Mapping[str, Any]]:
    """Give the users of the lab, with this checkout's gateway in front of it."""
    state = State.from_environment()
    Lab(state).up()
    stack = RealStack(state)
    # What runs may be of an older checkout.
    stack.down()
    stack.up()
    clouds: dict[str, Any] = yaml.safe_load(stack.clouds.read_text())["clouds"]
    _register(stack.gateway_url, clouds["admin"])
    yield clouds


def _register(gateway: str, entry: Mapping[str, Any]) -> None:
    """Make the pods known, unless they are."""
    admin = openstack.connect(load_yaml_config=False, load_envvars=False, **entry).session
    url = f"{gateway}/v1.0/pods"
    known = {pod["pod_name"] for pod in admin.get(url).json()["pods"]}
    pods: list[dict[str, str]] = [{"pod_name": TOP_REGION}]
    pods += [{"pod_name": pod.name, "az_name": f"az{pod.number}"} for pod in PODS]
    for pod in pods:
        if pod["pod_name"] not in known:
            admin.post(url, json={"pod": pod})


def _pod_addresses(entry: Mapping[str, Any]) -> set[str]:
    """Return hosts with ports of all services that are not the gateway's, Keystone's aside."""
    session = openstack.connect(load_yaml_config=False, load_envvars=False, **entry).session
    catalog = session.auth.get_access(session).service_catalog.catalog
    return {
        urlsplit(endpoint["url"]).netloc
        for service in catalog
        for endpoint in service["endpoints"]
        if endpoint["region_id"] != entry["region_name"]
    } - {urlsplit(entry["auth"]["auth_url"]).netloc}


def _legacy() -> Path:
    """Return an environment with the clients that are no part of the project's."""
    wanted = HERE / "requirements.txt"
    venv = State.from_environment().root / "clients"
    stamp = venv / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        uv = os.environ.get("UV", "uv")
        subprocess.run([uv, "venv", "-q", "--clear", "--python", ">=3.11,<3.13", venv], check=True)
        install = [uv, "pip", "install", "-q", "--python", venv / "bin" / "python", "-r", wanted]
        subprocess.run(install, check=True)
        stamp.write_text(wanted.read_text())
    return venv


if __name__ == "__main__":
    sys.exit(main())
