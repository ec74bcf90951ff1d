"""What is found when all is well again: lost, duplicated, leaked, stuck, wrong."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from tests.chaos.seen import model_of
from tests.chaos.stage import Stage
from tests.chaos.tenant import State, Tenant, Thing
from tests.model.pods import wrong_with
from tests.orders.play import remains, running
from tests.support.client import Json, until
from tests.support.simulator import PODS

_RESTS = {"ACTIVE", "DOWN", "available"}
_AT_ONCE = 4
_ENDING = 60.0
_MARK = "trio2o "
# Listed at the top by these paths; a pod's are told apart by their names, which are all different.
_NAMED = {"servers": ("compute", "servers"), "volumes": ("volume", "volumes")}


class Judge:
    """Looks at what the tenants were promised, and at what there is."""

    def __init__(self, stage: Stage, tenants: list[Tenant], outside: dict[str, str]) -> None:
        self._stage, self._tenants, self._outside = stage, tenants, outside
        self.found: dict[str, list[str]] = {
            kind: [] for kind in ("lost", "duplicated", "leaked", "stuck", "wrong")
        }

    def settled(self, patience: float) -> float:
        """Wait until nothing is left to do; the seconds that it took."""
        begin = time.monotonic()
        with suppress(AssertionError):
            until(lambda: not self._unfinished(), "all work has ended", patience)
        seconds = time.monotonic() - begin
        self.found["stuck"] += self._unfinished()
        return seconds

    def look(self) -> None:
        """Compare promises, lists and pods."""
        inventories = {pod: self._stage.simulator.inventory(pod) for pod in PODS}
        self._duplicates(inventories)
        self._strangers(inventories)
        homes = self._homes()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for kind, lines in pool.map(lambda t: self._tenant(t, homes), self._tenants):
                self.found[kind] += lines
                # Each tenant gives its lost things and then its wrong ones.
        for job in self._stage.jobs(state="failed"):
            self.found["wrong"].append(f"failed job {job['workflow_id']}: {job['error']}")

    def undo(self, before: set[tuple[str, ...]]) -> None:
        """Have everybody delete all they have: nothing is left of it."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            self.found["stuck"] += [line for line in pool.map(self._undo, self._tenants) if line]
        self.settled(_ENDING)
        left: set[tuple[str, ...]] = set()

        def nothing() -> bool:
            left.clear()
            left.update(remains(self._stage) - before)
            return not left

        with suppress(AssertionError):
            until(nothing, "nothing is left", _ENDING)
        self.found["leaked"] += sorted(map(str, left))

    def _undo(self, tenant: Tenant) -> str:
        try:
            tenant.site.tear_down()
        except (AssertionError, OSError) as failure:
            return f"cannot be deleted: {failure}"
        return ""

    def _unfinished(self) -> list[str]:
        jobs = self._stage.jobs(state="accepted&state=running")
        lines = [f"job {job['workflow_id']} is {job['state']}: {job['error']}" for job in jobs]
        lines += [str(row) for row in self._stage.database.rows() if row[0] == "creations"]
        return lines or [str(line) for line in running(self._stage)]

    def _homes(self) -> dict[str, str]:
        names = {id_: name for name, id_ in self._stage.pod_ids.items()}
        return {
            row["top_id"]: names[row["pod_id"]]
            for kind in ("network", "server")
            for row in self._stage.routings(resource_type=kind)
        }

    def _duplicates(self, inventories: dict[str, dict[str, list[Json]]]) -> None:
        named: Counter[tuple[str, str]] = Counter()
        for pod, inventory in inventories.items():
            marked: Counter[tuple[str, str]] = Counter()
            for kind, rows in inventory.items():
                for row in rows:
                    if str(row.get("description")).startswith(_MARK):
                        marked[kind, row["description"]] += 1
                    elif kind in _NAMED:
                        named[kind, row["name"]] += 1
            self._twice(marked, f" in {pod}")
        self._twice(named, "")

    def _twice(self, counted: Counter[tuple[str, str]], where: str) -> None:
        for (kind, name), number in counted.items():
            if number > 1:
                self.found["duplicated"].append(f"{number} {kind} {name}{where}")

    def _strangers(self, inventories: dict[str, dict[str, list[Json]]]) -> None:
        """Objects of pods that nobody sees at the top."""
        admin = self._stage.admin
        for kind, (service, key) in _NAMED.items():
            api = getattr(admin, service)
            known = {row["id"] for row in api.list(f"/{kind}?all_tenants=1", key)}
            for pod, inventory in inventories.items():
                for row in inventory[kind]:
                    if row["id"] not in known:
                        self.found["leaked"].append(f"{kind} {row['name']} {row['id']} in {pod}")

    def _tenant(self, tenant: Tenant, homes: dict[str, str]) -> tuple[str, list[str]]:
        self.found["lost"] += [f"during the run: {line}" for line in tenant.lost]
        wrong: list[str] = []
        for thing in tenant.things.values():
            if thing.of != ("", ""):
                self._joined(tenant, thing)
            elif " " not in thing.path:
                wrong += self._thing(thing)
        wrong += self._refused(tenant)
        try:
            wrong += self._pods(tenant, homes)
        except (AssertionError, KeyError) as failure:
            wrong.append(f"{type(failure).__name__}: {failure}")
        return "wrong", wrong

    def _thing(self, thing: Thing) -> list[str]:
        answer = thing.api("GET", thing.path)
        if answer.status == 404:
            if thing.state is State.THERE:
                self.found["lost"].append(f"{thing.kind} {thing.path}: {answer.message}")
            return []
        if answer.status != 200:
            return [f"GET {thing.path}: {answer.status} {answer.message}"]
        status = next(iter(answer.body.values())).get("status", "ACTIVE")
        if thing.state is State.GONE:
            return [f"{thing.path} was deleted and is {status}"]
        return [] if status in _RESTS else [f"{thing.path} ({thing.state.value}) is {status}"]

    def _joined(self, tenant: Tenant, thing: Thing) -> None:
        """An acknowledged interface, gateway or end of a floating IP is as it was answered."""
        if thing.state is State.OPEN:
            return
        network, (id_, value) = tenant.site.user.network, thing.of
        if thing.kind == "interfaces":
            ports = network.list(f"/ports?device_id={id_}")
            subnets = [at["subnet_id"] for port in ports for at in port["fixed_ips"]]
            same = (value in subnets) == (thing.state is State.THERE)
        elif thing.state is State.GONE:
            return
        elif thing.kind == "gateways":
            row = network.get(f"/routers/{id_}")
            same = (row["external_gateway_info"] or {}).get("network_id", "") == value
        else:
            same = (network.get(f"/floatingips/{id_}")["port_id"] or "") == value
        if not same:
            self.found["lost"].append(f"{thing.kind} {thing.path} {thing.of}: {thing.state.value}")

    def _refused(self, tenant: Tenant) -> list[str]:
        """What the gateway said that it could not make is not there."""
        user, lines = tenant.site.user, []
        for kind, (service, key) in _NAMED.items():
            for row in getattr(user, service).list(f"/{kind}", key):
                if row["name"] in tenant.refused:
                    answered = tenant.refused[row["name"]]
                    lines.append(f"{kind} {row['name']} was answered {answered} and is there")
        return lines

    def _pods(self, tenant: Tenant, homes: dict[str, str]) -> list[str]:
        site = tenant.site
        model = model_of(site.user, homes)
        return [
            line
            for router in model.routers.values()
            for line in wrong_with(self._stage, site, model, router, self._outside)
        ]


def numbered(lines: Iterable[str], tell: Callable[[str], None], most: int = 12) -> None:
    """Tell the first of the lines, and how many more there are."""
    every = list(lines)
    for line in every[:most]:
        tell(f"      {line[:500]}")
    if len(every) > most:
        tell(f"      and {len(every) - most} more")


def grouped(counted: Counter[tuple[str, str]]) -> list[str]:
    """Refusals by request, most frequent first."""
    by: dict[str, list[str]] = defaultdict(list)
    for (told, answer), number in counted.most_common():
        by[told].append(f"{number}x {answer}")
    return [f"{told}: {'; '.join(answers)}" for told, answers in by.items()]
