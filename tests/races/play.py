"""Plays pairs of changes at once: the outcome is one that some order of the two would give."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from threading import Barrier

from tests.orders.canonical import State, apart, canonical
from tests.races import elsewhere, network
from tests.races.scene import Scene
from tests.support.stack import Stack
from tests.support.topology import Site

SCENES = (*network.SCENES, *elsewhere.SCENES)
Pair = tuple[str, str]


@dataclass(frozen=True)
class Outcome:
    """What two changes were answered, and what there is after them."""

    statuses: tuple[int, ...]
    state: State

    def told(self, expected: list[Outcome]) -> str:
        """How it differs from all that are expected; empty when it is one of them."""
        lines = []
        for other in expected:
            if self.statuses != other.statuses:
                lines.append(f"answers {self.statuses}, in order {other.statuses}")
            elif difference := apart(other.state, self.state):
                lines.append(f"answers {self.statuses}, and then\n{difference}")
            else:
                return ""
        return "\n".join(lines)


@dataclass
class Race:
    """A pair of changes of one scene, and what came of it."""

    scene: type[Scene]
    pair: Pair
    errors: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For the report."""
        verdict = f"FAILED {len(self.errors)}\n{self.errors[0]}" if self.errors else "ok"
        return f"{self.scene.name}: {self.pair[0]} | {self.pair[1]}: {verdict}"


def races(stack: Stack, only: str = "") -> list[Race]:
    """Every pair of every scene whose name, or the pair's, has the words."""
    found = []
    for scene in SCENES:
        played = scene(Site(stack, stack.tenant()))
        found += [Race(scene, pair) for pair in combinations_with_replacement(played.changes(), 2)]
        played.end()
    return [race for race in found if only in f"{race.scene.name}: {' | '.join(race.pair)}"]


class Races:
    """Plays races on a stack whose gateways are two."""

    def __init__(self, stack: Stack, other: str) -> None:
        self._stack = stack
        self._gateways = (stack.url, other)

    def play(self, some: list[Race], rounds: int) -> Iterator[Race]:
        """Play each so often at once, after one time in each order."""
        for race in some:
            first, second = race.pair
            expected = [self._in_order(race, (0, 1))]
            if first != second:
                expected.append(self._in_order(race, (1, 0)))
            for _ in range(rounds):
                if told := self._at_once(race).told(expected):
                    race.errors.append(told)
            yield race

    def _in_order(self, race: Race, order: tuple[int, int]) -> Outcome:
        scene = race.scene(Site(self._stack, self._stack.tenant()))
        statuses = [0, 0]
        for which in order:
            statuses[which] = scene.by(race.pair[which], self._gateways[which]).status
        return self._outcome(scene, race.pair, statuses)

    def _at_once(self, race: Race) -> Outcome:
        scene = race.scene(Site(self._stack, self._stack.tenant()))
        self._stack.settle()
        start = Barrier(2)

        def ask(which: int) -> int:
            start.wait()
            return scene.by(race.pair[which], self._gateways[which]).status

        with ThreadPoolExecutor(2) as pool:
            statuses = list(pool.map(ask, (0, 1)))
        return self._outcome(scene, race.pair, statuses)

    def _outcome(self, scene: Scene, pair: Pair, statuses: list[int]) -> Outcome:
        self._stack.settle()
        state = canonical(scene.seen(), scene.chosen(), ())
        scene.end()
        told = sorted(statuses) if pair[0] == pair[1] else statuses
        return Outcome(tuple(told), state)
