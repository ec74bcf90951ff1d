"""One pod of three hangs: what others wait for, beside the same while it is quiet."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench.tables import say, table, title, verdict
from tests.support.client import until
from tests.support.stack import Stack
from tests.support.topology import Site

POD, ZONE, OTHER = "Pod1", "az1", "az2"
BOOTS, ROUTERS, ROUNDS = 40, 120, 7
TIMES = 1.2
# Longer than all of it takes.
_HANGS = 3600.0
# Figures of a few milliseconds differ by more than a fifth on a machine that does other things.
_NOISE = 0.005


class Others:
    """What somebody does who needs nothing of the pod."""

    def __init__(self, stack: Stack) -> None:
        self.begin = self.end = 0.0
        self.stack = stack
        self.site = Site(stack, stack.tenant())
        self._nets = 0
        # Whatever a first time costs, no figure tells of it.
        self.boot()
        self.interface()

    def _net(self) -> str:
        self._nets += 1
        return f"10.200.{self._nets}.0/24"

    def boot(self) -> None:
        """A server, until it is accepted."""
        user = self.site.user
        net = self.site.net(OTHER, self._net())
        self.begin = time.monotonic()
        server = {"name": "vm", "imageRef": self.site.image(), "flavorRef": self.site.flavor()}
        server |= {"networks": [{"uuid": net.id}], "availability_zone": OTHER}
        made = user.compute.make("/servers", **server)
        self.end = time.monotonic()
        self.site.drop_server(made)

    def interface(self) -> None:
        """An interface of a new router, until it is there."""
        net, router = self.site.net(OTHER, self._net()), self.site.router()
        self.begin = time.monotonic()
        self.site.attach(router, net)
        self.site.active(router)
        self.end = time.monotonic()

    def listing(self) -> None:
        """A list of servers, which all pods have a part of."""
        self.begin = time.monotonic()
        assert self.site.user.compute("GET", "/servers").status == 200
        self.end = time.monotonic()

    def token(self) -> None:
        """A first request with a new token."""
        user = self.stack.tenant()
        self.begin = time.monotonic()
        assert user.network("GET", "/networks").status == 200
        self.end = time.monotonic()

    def figures(self) -> dict[str, float]:
        """The middle of some rounds of each, in seconds."""
        what: dict[str, Callable[[], None]] = {
            "boot": self.boot,
            "interface": self.interface,
            "list": self.listing,
            "new token": self.token,
        }
        return {name: median(self._took(act) for _ in range(ROUNDS)) for name, act in what.items()}

    def _took(self, act: Callable[[], None]) -> float:
        act()
        return self.end - self.begin


async def run() -> bool:
    """Measure, print, tell whether the goals are met."""
    title("hanging-pod", f"{BOOTS} boots and {ROUTERS} routers wait for {POD}, others do not")
    with _stack() as stack, ThreadPoolExecutor(BOOTS) as together:
        others = Others(stack)
        quiet = others.figures()
        needy = [Site(stack, stack.tenant()) for _ in range(BOOTS // 10)]
        with stack.simulator.fault("slow", seconds=_HANGS, region=POD):
            begin = time.monotonic()
            boots = [together.submit(_boot, needy[n // 10], n) for n in range(BOOTS)]
            for number in range(ROUTERS):
                _join(needy[number % len(needy)], number)
            first = others.figures()
            until(lambda: _is_known(stack), "the pod is known to hang")
            found = time.monotonic() - begin
            later = others.figures()
        for boot in boots:
            boot.result()
    return _judge(quiet, first, later, found)


def _boot(site: Site, number: int) -> None:
    server = {"name": f"vm-{number}", "imageRef": site.image(), "flavorRef": site.flavor()}
    body = {"server": server | {"networks": "none", "availability_zone": ZONE}}
    version = {"OpenStack_API_Version": "compute 2.37"}
    answer = site.user.compute("POST", "/servers", body, **version)
    assert answer.status == 503, answer.body


def _join(site: Site, number: int) -> None:
    site.attach(site.router(), site.net(ZONE, f"10.{number}.1.0/24"))


def _is_known(stack: Stack) -> bool:
    (pod,) = stack.admin.admin.list(f"/pods?pod_name={POD}", "pods")
    # Of the network API the gateway asks nothing here: the worker does, and knows for itself.
    return bool(pod["gates"]["compute"]["state"] != "closed")


def _judge(
    quiet: dict[str, float], first: dict[str, float], later: dict[str, float], found: float
) -> bool:
    rows = [
        (
            name,
            f"{quiet[name] * 1000:.1f}",
            f"{first[name] * 1000:.1f}",
            f"{later[name] * 1000:.1f}",
            f"{later[name] / quiet[name]:.2f}x",
        )
        for name in quiet
    ]
    table(("ms, median", "quiet", "it hangs", "known to hang", ""), rows)
    say(f"   known to hang after {found:.0f} s")
    fine = True
    for name, before in quiet.items():
        after = later[name]
        holds = after <= before * TIMES + _NOISE
        fine &= verdict(holds, f"{name}: at most {TIMES}x", f"{after / before:.2f}x")
    return fine


@contextmanager
def _stack() -> Iterator[Stack]:
    with (
        tempfile.TemporaryDirectory(prefix="trio2o-bench-") as folder,
        Stack(Path(folder)) as stack,
    ):
        yield stack
