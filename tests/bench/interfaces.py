"""One interface added to a router: how soon that is accepted, and how soon all of it is there."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from tests.bench.byhand import ByHand
from tests.bench.tables import table, title, verdict
from tests.support.lab import LabStack
from tests.support.stack import Stack
from tests.support.topology import Net, Site

ACCEPTED, ACCEPT_SECONDS = 30, 0.020
ROUNDS, TIMES = 3, 1.3
PODS = ("Pod1", "Pod2")
# Seconds that calls took at a real region on two busy cores, medians of five.
NEUTRON = {
    ("GET", ""): 0.07,
    ("POST", "/networks$"): 0.331,
    ("POST", "/subnets$"): 0.291,
    ("POST", "/ports$"): 0.799,
    ("POST", "/routers$"): 0.229,
    ("PUT", "/add_router_interface$"): 2.446,
    ("PUT", "/routers/[^/]+$"): 0.480,
}
STEPS = ("nothing there", "first in this pod", "everything there")
_PAUSE = 0.05
# Seconds in which real regions finish what the step before left them to do.
_CALM = 3.0


async def accepted() -> bool:
    """Measure, print, tell whether the goal is met."""
    title("interface-accept", f"{ACCEPTED} interfaces, each when nothing else is to be done")
    with _simulated() as stack:
        site = Site(stack, stack.tenant())
        nets = [site.net(PODS[0], f"10.1.{n}.0/24") for n in range(ACCEPTED)]
        took = sorted(_accept(site, net) for net in nets)
    p50 = took[len(took) // 2]
    rows = [("p50, ms, with the commit", p50), ("the slowest, ms", took[-1])]
    table(("accepted", ""), [(what, f"{seconds * 1000:.1f}") for what, seconds in rows])
    goal = f"p50 < {ACCEPT_SECONDS * 1000:.0f} ms"
    return verdict(p50 < ACCEPT_SECONDS, goal, f"{p50 * 1000:.1f} ms")


async def latency() -> bool:
    """Measure, print, tell whether the goals are met."""
    title("interface-latency", "against the same calls by hand; pods as slow as real ones")
    with _simulated() as stack, ExitStack() as slow:
        for (method, path), seconds in NEUTRON.items():
            slow.enter_context(
                stack.simulator.fault(
                    "slow", service="network", method=method, path=path, seconds=seconds
                )
            )
        return _compared(stack, 0.0)


async def real_latency() -> bool:
    """Measure, print, tell whether the goals are met; the lab has to be up."""
    title("real-interface-latency", "against the same calls by hand, in the lab's two regions")
    with (
        tempfile.TemporaryDirectory(prefix="trio2o-bench-") as folder,
        LabStack(Path(folder)) as stack,
    ):
        return _compared(stack, _CALM)


def _accept(site: Site, net: Net) -> float:
    router = site.router()
    begin = time.monotonic()
    site.attach(router, net)
    took = time.monotonic() - begin
    _until_active(site, router)
    return took


def _compared(stack: Stack, calm: float) -> bool:
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    for number in range(1, ROUNDS + 1):
        site = Site(stack, stack.tenant())
        ours.append(_through_the_gateway(site, number, calm))
        site.tear_down()
        stack.settle()
        theirs.append(_by_hand(ByHand(stack.admin, PODS, number), calm))
    rows, fine = [], True
    for step, mine, hand in zip(
        STEPS, zip(*ours, strict=True), zip(*theirs, strict=True), strict=True
    ):
        rows.append((step, median(mine), median(hand), median(mine) / median(hand)))
    table(
        ("accept to ACTIVE", "gateway, s", "by hand, s", ""),
        [(step, f"{m:.2f}", f"{h:.2f}", f"{times:.2f}x") for step, m, h, times in rows],
    )
    for step, _, _, times in rows:
        fine &= verdict(times <= TIMES, f"{step}: at most {TIMES}x", f"{times:.2f}x")
    return fine


def _through_the_gateway(site: Site, number: int, calm: float) -> list[float]:
    router = site.router()
    took = []
    for which, pod in enumerate((PODS[0], PODS[1], PODS[1]), 1):
        net = site.net(pod, f"10.{number}.{which}.0/24")
        time.sleep(calm)
        begin = time.monotonic()
        site.attach(router, net)
        _until_active(site, router)
        took.append(time.monotonic() - begin)
    return took


def _by_hand(hand: ByHand, calm: float) -> list[float]:
    steps: tuple[Callable[[], None], ...] = (hand.first, hand.second, hand.third)
    took = []
    try:
        for step in steps:
            time.sleep(calm)
            begin = time.monotonic()
            step()
            took.append(time.monotonic() - begin)
    finally:
        hand.undo()
    return took


def _until_active(site: Site, router: str) -> None:
    while not site.idle(router):
        time.sleep(_PAUSE)
    assert site.show_router(router)["status"] == "ACTIVE", site.stack.jobs(router_id=router)


@contextmanager
def _simulated() -> Iterator[Stack]:
    with (
        tempfile.TemporaryDirectory(prefix="trio2o-bench-") as folder,
        Stack(Path(folder)) as stack,
    ):
        yield stack
