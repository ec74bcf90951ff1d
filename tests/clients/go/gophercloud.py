"""gophercloud's acceptance tests: built from the module, and played as an administrator."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.pods.commands import run
from deploy.pods.console import say
from deploy.pods.rest import Rest
from tests.clients.go.modules import GOPHERCLOUD, Modules
from tests.tempest.cloud import Cloud
from tests.tempest.play import Outcome, Played
from tests.tempest.things import NAME, prepared

_ACCEPTANCE = "internal/acceptance/openstack"
_NETWORKING = f"{_ACCEPTANCE}/networking/v2"
_EXTENSIONS = f"{_NETWORKING}/extensions"
PACKAGES = {
    "compute": (f"{_ACCEPTANCE}/compute/v2",),
    "network": (
        *(_NETWORKING, _EXTENSIONS, f"{_EXTENSIONS}/agents", f"{_EXTENSIONS}/layer3"),
        *(f"{_EXTENSIONS}/mtu", f"{_EXTENSIONS}/networkipavailabilities"),
        *(f"{_EXTENSIONS}/portsbinding", f"{_EXTENSIONS}/quotas"),
        *(f"{_EXTENSIONS}/rbacpolicies", f"{_EXTENSIONS}/subnetpools"),
    ),
    "volume": (f"{_ACCEPTANCE}/blockstorage/v3",),
    "image": (f"{_ACCEPTANCE}/image/v2",),
}
# The tests boot servers on a network of this name.
PRIVATE = "private"
LONGEST_REASON = 2000
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Gophercloud:
    """The tests of some services; one is called by its package and its name."""

    def __init__(self, modules: Modules, services: Sequence[str]) -> None:
        self._source = modules.source(GOPHERCLOUD)
        self._programs = {
            package: modules.tests(GOPHERCLOUD, f"./{package}", "acceptance")
            for service in services
            for package in PACKAGES[service]
        }

    def tests(self) -> list[str]:
        """All tests, package by package."""
        return [
            f"{package.removeprefix(f'{_ACCEPTANCE}/')}.{name}"
            for package, program in self._programs.items()
            for name in run((str(program), "-test.list", "^Test"), env={}).split()
        ]

    def play(self, cloud: Cloud, region: str, tests: Sequence[str]) -> Played:
        """Run these against a region; every one of them has an outcome."""
        played = Played()
        begin = time.monotonic()
        with prepared(cloud, region) as things, _private(cloud, region) as network:
            environment = cloud.login("admin", region) | {
                "PATH": os.environ["PATH"],
                "OS_IMAGE_ID": things.images[0],
                "OS_FLAVOR_ID": things.flavors[0],
                "OS_FLAVOR_ID_RESIZE": things.flavors[1],
                "OS_POOL_NAME": NAME,
                "OS_EXTGW_ID": things.external_network,
                "OS_NETWORK_NAME": PRIVATE,
                "OS_NETWORK_ID": network,
            }
            for package, program in self._programs.items():
                short = package.removeprefix(f"{_ACCEPTANCE}/")
                names = [
                    test.removeprefix(f"{short}.")
                    for test in tests
                    if test.rpartition(".")[0] == short
                ]
                if names:
                    ended = dict(_played(program, self._source / package, names, environment))
                    lacking = Outcome("failed", "the program ended without having run it")
                    for name in names:
                        played.outcomes[f"{short}.{name}"] = ended.get(name, lacking)
        played.seconds = time.monotonic() - begin
        return played


def _played(
    program: Path, folder: Path, names: Sequence[str], environment: dict[str, str]
) -> Iterator[tuple[str, Outcome]]:
    go = os.environ.get("GO", "go")
    words = ("-test.v=test2json", "-test.run", f"^({'|'.join(names)})$", "-test.timeout=2h")
    process = subprocess.Popen(
        (go, "tool", "test2json", "-t", str(program), *words),
        cwd=folder,
        env=environment | {"HOME": os.environ.get("HOME", "/")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: dict[str, str] = {}
    for line in process.stdout:
        event = json.loads(line) if line.startswith("{") else {}
        # What a test's parts say and how they end is the test's own.
        test, _, part = event.get("Test", "").partition("/")
        if event.get("Action") == "output":
            said[test] = said.get(test, "") + event["Output"]
        elif test and not part and event["Action"] in ("pass", "fail", "skip"):
            status = {"pass": "passed", "fail": "failed", "skip": "skipped"}[event["Action"]]
            reason = "" if status == "passed" else _reason(said.get(test, ""))
            if status == "failed":
                say(f"   failed: {test}: {reason[:200]}")
            yield test, Outcome(status, reason, event.get("Elapsed", 0.0))
    process.wait()


def _reason(said: str) -> str:
    lines = [line.strip() for line in _COLOURS.sub("", said).splitlines()]
    telling = ("fail", "error", "unable", "unexpected", "expected", "skip", "panic", "timed out")
    found = [line for line in lines if any(word in line.lower() for word in telling)]
    return " | ".join(line for line in found if not line.startswith(("---", "===")))[
        :LONGEST_REASON
    ]


@contextmanager
def _private(cloud: Cloud, region: str) -> Iterator[str]:
    rest = cloud.admin()
    url = f"{cloud.endpoints[region]['network']}/v2.0"
    network = _made(rest, f"{url}/networks", "network", {"name": PRIVATE})
    subnet = {"network_id": network, "ip_version": 4, "cidr": "10.199.0.0/24"}
    _made(rest, f"{url}/subnets", "subnet", subnet)
    try:
        yield network
    finally:
        cloud.admin().delete(f"{url}/networks/{network}")


def _made(rest: Rest, url: str, kind: str, wanted: dict[str, object]) -> str:
    return str(rest.post(url, {kind: wanted})[kind]["id"])
