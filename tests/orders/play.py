"""Many projects, each in an order of its own, at once; all must end the same, and in nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from tests.orders.canonical import State, Thing, apart, canonical, of_project
from tests.orders.plan import MAKING, UNDOING, order
from tests.orders.world import World, new_world
from tests.support.client import until
from tests.support.simulator import PODS
from tests.support.stack import Stack

AT_ONCE = 8
_ENDING = 30.0
# History, what was last known of quotas, room held that ends with time, where a project was
# placed, and its default security group, as Neutron keeps it.
_KEPT_TABLES = (
    *("operations", "leases", "alembic_version", "bindings"),
    *("security_groups", "security_group_rules"),
    *("quota_figures", "quota_reservations"),
)
_SHOWN = 20
_ORDINARY = ("create external network", "boot vm1", "boot vm2", "add interface 1")
FIRST = (*_ORDINARY, "add interface 2", "set gateway", "create floating IP", "associate")


@dataclass
class Life:
    """One order of making and one of undoing, and what was found wrong with them."""

    number: int
    made: list[str]
    undone: list[str]
    error: str = ""
    state: State = field(default_factory=list)

    def line(self) -> str:
        """For the report."""
        verdict = f"FAILED\n{self.error}" if self.error else "ok"
        return f"order {self.number}: {', '.join(self.made)} | {', '.join(self.undone)}: {verdict}"


class Orders:
    """Plays orders on a stack; the first is the guide's, the others have to end as it does."""

    def __init__(self, stack: Stack, seed: int) -> None:
        self._stack = stack
        self._seed = seed
        self._expected: State = []

    def lives(self, number: int) -> list[Life]:
        """The guide's order, then random ones; the seed decides which."""
        chance = random.Random(self._seed)
        lives = [Life(n, order(MAKING, chance), order(UNDOING, chance)) for n in range(number)]
        lives[0].made = list(FIRST)
        return lives

    def play(self, lives: list[Life]) -> Iterator[Life]:
        """Play all of them, some at a time; each comes back with its error, if it has one."""
        for start in range(0, len(lives), AT_ONCE):
            some = lives[start : start + AT_ONCE]
            self._play(some)
            yield from some

    def _play(self, some: list[Life]) -> None:
        before = remains(self._stack)
        worlds = {life.number: new_world(self._stack, life.number) for life in some}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda life: self._try(life, worlds[life.number], self._make), some))
            self._stack.settle()
            self._compare(some, worlds)
            list(pool.map(lambda life: self._try(life, worlds[life.number], self._undo), some))
        self._stack.settle()
        with suppress(AssertionError):
            # A router is done a moment before its execution has ended.
            until(lambda: running(self._stack) <= before, "all executions have ended", _ENDING)
        left = remains(self._stack) - before
        for life in some:
            if left and not life.error:
                lines = sorted(str(thing) for thing in left)[:_SHOWN]
                life.error = f"{len(left)} left after undoing:\n" + "\n".join(lines)

    def _try(self, life: Life, world: World, step: Callable[[Life, World], None]) -> None:
        try:
            step(life, world)
        except AssertionError as failure:
            life.error = life.error or str(failure)

    def _make(self, life: Life, world: World) -> None:
        world.begin()
        world.play(life.made, random.Random(life.number))
        world.finish()

    def _undo(self, life: Life, world: World) -> None:
        if life.state:
            world.play(life.undone, random.Random(life.number))
            world.site.drop_flavor()
        else:
            world.site.tear_down()

    def _compare(self, some: list[Life], worlds: dict[int, World]) -> None:
        every = [
            Thing(pod, kind, row)
            for pod in PODS
            for kind, rows in self._stack.simulator.inventory(pod).items()
            for row in rows
            if kind not in ("flavors", "keypairs", "types")
        ]
        for life in some:
            if life.error:
                continue
            world = worlds[life.number]
            own = of_project(every, world.site.user.project_id)
            life.state = canonical([*own, *world.seen()], world.chosen(), world.ends())
            self._expected = self._expected or life.state
            difference = apart(self._expected, life.state)
            if difference:
                life.error = f"ends otherwise than the guide's order (-):\n{difference}"


def remains(stack: Stack) -> set[tuple[str, ...]]:
    """All that there is: objects in pods, rows in the database, executions that run."""
    things: set[tuple[str, ...]] = set(stack.things_in_pods())
    things |= {row for row in stack.database.rows() if row[0] not in _KEPT_TABLES}
    return things | running(stack)


def running(stack: Stack) -> set[tuple[str, ...]]:
    """The executions that have not ended."""
    rows = stack.temporal.executions("ExecutionStatus = 'Running'")
    return {("running", row["execution"]["workflowId"]) for row in rows}
