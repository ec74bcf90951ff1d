"""Many routers over many pods: what their interfaces cost in calls; one router changed at once."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.bench.stage import cpu_seconds
from tests.bench.tables import table, title, verdict
from tests.bench.tenpods import TEN, TenPods, ten_pods
from tests.support.topology import Net, Site

LATENCY = 0.020
ROUTERS, EACH, PROJECTS = 50, 4, 10
OF_CALLS, OF_ROUTES = 1.2, 2.0
CHANGES, P99_SECONDS = 32, 2.0
_MADE = ("networks", "subnets", "ports", "routers")
_READS = ("GET", "HEAD")
# Seconds: what is judged are counts, whatever else the machine has to do.
_PATIENCE = 1800.0


async def adds() -> bool:
    """Measure, print, tell whether the goals are met."""
    total = ROUTERS * EACH
    title("interface-adds", f"{total} over {ROUTERS} routers and {len(TEN)} pods of 20 ms")
    with ten_pods(LATENCY) as stack:
        work = _planned(stack)
        before = _things(stack)
        stack.simulator.forget_calls()
        used = _used(stack)
        begin = time.monotonic()
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda job: job[0].attach(job[1], job[2]), work))
        accepted = time.monotonic() - begin
        stack.settle(_PATIENCE)
        for site, router, _ in work:
            site.active(router)
        seconds = time.monotonic() - begin
        spent = {name: after - used[name] for name, after in _used(stack).items()}
        return _judge(stack, before, accepted, seconds, spent)


async def changes() -> bool:
    """Measure, print, tell whether the goals are met."""
    title("router-changes", f"{CHANGES} at once on one router over {len(TEN)} pods")
    with ten_pods(0.0) as stack:
        site = Site(stack, stack.tenant())
        router = site.router()
        pods = [TEN[n % len(TEN)] for n in range(CHANGES)]
        nets = [site.net(pod, f"10.1.{n}.0/24") for n, pod in enumerate(pods)]
        with ThreadPoolExecutor(CHANGES) as pool:
            took = sorted(pool.map(lambda net: _attached(site, router, net), nets))
        begin = time.monotonic()
        stack.settle(_PATIENCE)
        site.active(router)
        settled = time.monotonic() - begin
        wrong = _wrong(stack, router, dict(zip((net.cidr for net in nets), pods, strict=True)))
    statuses = Counter(status for _, status in took)
    seconds = [took_ for took_, _ in took]
    table(
        ("changes", ""),
        [
            ("accepted, p50 ms", f"{seconds[len(seconds) // 2] * 1000:.0f}"),
            ("accepted, p99 ms", f"{seconds[-1] * 1000:.0f}"),
            ("all in the pods after, s", f"{settled:.1f}"),
            ("statuses", dict(statuses)),
        ],
    )
    return all(
        [
            verdict(set(statuses) == {200}, "no 5xx, all accepted", str(dict(statuses))),
            verdict(seconds[-1] < P99_SECONDS, f"p99 < {P99_SECONDS:.0f} s", f"{seconds[-1]:.2f}"),
            verdict(not wrong, "the final state is right", wrong or "yes"),
        ]
    )


def _planned(stack: TenPods) -> list[tuple[Site, str, Net]]:
    """Make networks and routers; the interfaces to add, in no order."""
    chance = random.Random(1)
    sites = [Site(stack, stack.tenant()) for _ in range(PROJECTS)]

    def prepared(number: int) -> list[tuple[Site, str, Net]]:
        site = sites[number % PROJECTS]
        pods = random.Random(number).sample(TEN, EACH)
        nets = [site.net(pod, f"10.{number}.{n}.0/24") for n, pod in enumerate(pods)]
        router = site.router()
        return [(site, router, net) for net in nets]

    with ThreadPoolExecutor(8) as pool:
        work = [job for jobs in pool.map(prepared, range(ROUTERS)) for job in jobs]
    stack.settle()
    chance.shuffle(work)
    return work


def _things(stack: TenPods) -> Counter[str]:
    """Count what is in the pods, and what routers have: each takes a call at least."""
    found: Counter[str] = Counter()
    for pod in TEN:
        inventory = stack.simulator.inventory(pod)
        routers = {row["id"] for row in inventory["routers"]}
        attached = [port for port in inventory["ports"] if port["device_id"] in routers]
        # A pod's own ports come with its subnets.
        asked = [port for port in inventory["ports"] if "trio2o" in port["description"]]
        found += Counter({kind: len(inventory[kind]) for kind in _MADE if kind != "ports"})
        found["ports"] += len(asked)
        found["attached"] += len(attached)
        found["with routes"] += sum(1 for row in inventory["routers"] if row["routes"])
    return found


def _used(stack: TenPods) -> dict[str, float]:
    """The processor time that gateway and worker have used."""
    return {one.name: cpu_seconds(one.pid) for one in (stack.gateway, stack.worker)}


def _judge(
    stack: TenPods,
    before: Counter[str],
    accepted: float,
    seconds: float,
    spent: dict[str, float],
) -> bool:
    calls = stack.simulator.calls(service="network")
    pods = [call for call in calls if call["region"] in TEN]
    changing = [call for call in pods if call["method"] not in _READS]
    kinds = Counter(_kind(call) for call in pods)
    things = _things(stack) - before
    least = sum(things.values())
    routes = kinds["PUT routers/routes"]
    rows = [(f"  {kind}", count) for kind, count in kinds.most_common()]
    rows += [(f"  needed for {kind}", count) for kind, count in things.most_common()]
    table(
        ("calls to pods", ""),
        [
            ("accepted after, s", f"{accepted:.1f}"),
            ("all in the pods after, s", f"{seconds:.1f}"),
            *((f"of the {name}'s processor, s", f"{took:.1f}") for name, took in spent.items()),
            ("all calls", len(pods)),
            ("changing calls", len(changing)),
            ("the least possible", least),
            *rows,
        ],
    )
    few = len(pods) <= least * OF_CALLS
    fine = routes <= things["with routes"] * OF_ROUTES
    return all(
        [
            verdict(few, f"at most {OF_CALLS}x the least calls", f"{len(pods) / least:.2f}x"),
            verdict(
                fine,
                f"at most {OF_ROUTES:.0f}x the least route updates",
                f"{routes / max(1, things['with routes']):.2f}x",
            ),
        ]
    )


def _kind(call: dict[str, Any]) -> str:
    parts = call["path"].strip("/").split("/")
    parts = parts[parts.index("v2.0") + 1 :] if "v2.0" in parts else parts
    noun = parts[0] if parts else ""
    if call["method"] == "PUT" and noun == "routers":
        return f"PUT routers/{parts[2] if len(parts) > 2 else 'routes'}"
    return f"{call['method']} {noun}"


def _attached(site: Site, router: str, net: Net) -> tuple[float, int]:
    begin = time.monotonic()
    path = f"/routers/{router}/add_router_interface"
    answer = site.user.network("PUT", path, {"subnet_id": net.subnet_id})
    return time.monotonic() - begin, answer.status


def _wrong(stack: TenPods, router: str, wanted: dict[str, str]) -> str:
    """Return what differs in the pods from the interfaces wanted, or ''."""
    for pod in TEN:
        inventory = stack.simulator.inventory(pod)
        (row,) = [r for r in inventory["routers"] if router in r["description"]]
        ports = [port for port in inventory["ports"] if port["device_id"] == row["id"]]
        inside = {port["fixed_ips"][0]["ip_address"] for port in ports}
        for cidr, home in wanted.items():
            has = cidr.replace(".0/24", ".1") in inside
            leads = any(route["destination"] == cidr for route in row["routes"])
            if has != (home == pod) or leads == (home == pod):
                return f"{pod} and {cidr} of {home}"
    return ""
