"""``tests/walks/run``: the files that a reader opens for some requests, and control enters.

What a reader opens is told in ``read.yaml``. What control enters is counted: gateway and worker
run under a profiler. What stands in ``deploy/docs/architecture.md`` is what is printed here. What
every walk goes through is a line of its own and not in the others. ``--files`` names them.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.folders import memory
from tests.support.stack import Stack
from tests.support.topology import Site
from tests.walks.reading import HEAD, Reading, line, readings

Work = Callable[[], object]
# Work that is announced after an answer has begun by then.
BEGUN_SECONDS = 1.0


class TracedStack(Stack):
    """Its gateway and worker write where they go; nothing but the request makes them go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.traces = {name: folder / f"{name}.trace" for name in ("gateway", "worker")}
        for process in (self.gateway, self.worker):
            trace = str(self.traces[process.name])
            process.run_as([sys.executable, "-m", "tests.walks.traced", process.name, trace])

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        quiet = {"TRIO2O_SWEEP_SECONDS": "600", "TRIO2O_TOKEN_CACHE_SECONDS": "600"}
        return super()._settings(clouds_yaml) | quiet


@dataclass
class Walk:
    """The files that a request led to, in each process, in the order of first entry."""

    name: str
    gateway: list[str]
    worker: list[str]

    @property
    def files(self) -> int:
        """How many different files these are."""
        return len({*self.gateway, *self.worker})

    def without(self, other: Walk) -> Walk:
        """It, without what the other goes through too."""
        return Walk(
            self.name,
            [file for file in self.gateway if file not in other.gateway],
            [file for file in self.worker if file not in other.worker],
        )


def common(walks: list[Walk]) -> Walk:
    """What all of them go through, as far as they come to the process at all."""
    return Walk(
        "every request, every operation",
        [file for file in walks[0].gateway if all(file in walk.gateway for walk in walks)],
        [
            file
            for file in next(walk.worker for walk in walks if walk.worker)
            if all(file in walk.worker for walk in walks if walk.worker)
        ],
    )


class Walker:
    """Walks, one at a time."""

    def __init__(self, stack: TracedStack) -> None:
        self._stack = stack

    def walk(self, name: str, work: Work) -> Walk:
        """Do the work alone, and tell where it went."""
        self._stack.settle()
        time.sleep(BEGUN_SECONDS)
        begin = time.time()
        work()
        time.sleep(BEGUN_SECONDS)
        answered = time.time()
        self._stack.settle()
        return Walk(
            name,
            self._between("gateway", begin, answered),
            self._between("worker", begin, time.time()),
        )

    def _between(self, process: str, begin: float, end: float) -> list[str]:
        files: dict[str, None] = {}
        for entry in self._stack.traces[process].read_text().splitlines():
            moment, _, file = entry.partition(" ")
            if begin <= float(moment) <= end:
                files[file] = None
        return list(files)


def walks(stack: TracedStack) -> list[Walk]:
    """Walk them all."""
    site, walker = Site(stack, stack.tenant()), Walker(stack)
    network, compute = site.user.network, site.user.compute
    near, far = site.net("az1", "10.0.1.0/24"), site.net("Pod2", "10.0.2.0/24")
    router, flavor, image = site.router(), site.flavor(), site.image()
    site.attach(router, near)
    site.boot(near)
    server = {"name": "walker", "flavorRef": flavor, "imageRef": image}
    server |= {"networks": [{"uuid": near.id}]}
    show = walker.walk("list networks", lambda: network.list("/networks", "networks"))
    add = walker.walk("add a router interface in a second pod", lambda: site.attach(router, far))
    boot = walker.walk("boot a server", lambda: compute.make("/servers", **server))
    page = walker.walk("list a page of servers", lambda: compute.get("/servers?limit=1"))
    outside = site.external("Pod1")
    site.gateway(router, outside)
    there = site.boot(far)["port_id"]
    reach = walker.walk("floating IP in another pod", lambda: site.floating(outside, there))
    alone = site.net("az1", "10.0.3.0/24")
    site.drop_server(site.boot(alone))
    delete = walker.walk("delete a network", lambda: network.delete(f"/networks/{alone.id}"))
    return [show, page, add, reach, boot, delete]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tests/walks/run", description=__doc__)
    parser.add_argument("--files", action="store_true", help="name the files")
    words = parser.parse_args()
    tell = sys.stdout.write
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        stack = TracedStack(Path(folder))
        stack.end_with(signal.SIGTERM)
        with stack:
            done = walks(stack)
    shared = common(done)
    rows = [shared, *(walk.without(shared) for walk in done)]
    counted = {walk.name: walk.files for walk in rows}
    tell(HEAD)
    for reading in [Reading(shared.name, []), *readings()]:
        tell(line(reading, counted.get(reading.name)))
    for walk in rows if words.files else ():
        tell(f"\n{walk.name}\n  gateway\n")
        for file in walk.gateway:
            tell(f"    {file}\n")
        tell("  worker\n")
        for file in walk.worker:
            tell(f"    {file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
