"""``tests/attacks/run``: a gateway on simulated regions, and who wants it to stop.

Prints how many attacks of each kind were tried and held, and those that were not; 1 when there was
one.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.attacks import pods
from tests.attacks.connections import CONNECTIONS, SlowStack, still_serves
from tests.attacks.requests import Place, attacks
from tests.support.stack import Stack


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Start the stack, try each attack, report."""
    tried: Counter[str] = Counter()
    held: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="trio2o-attacks-") as folder,
        Stack(Path(folder)) as stack,
    ):
        place = Place.made(stack)
        for attack in attacks(place):
            answer = attack.tried(stack, place.site.user)
            tried[attack.group] += 1
            if answer.status in attack.fine:
                held[attack.group] += 1
            else:
                said = str(answer.body)[:200]
                say(f"NOT HELD {attack.group}, {attack.name}: {answer.status} {said}")
    with (
        tempfile.TemporaryDirectory(prefix="trio2o-attacks-") as folder,
        SlowStack(Path(folder)) as stack,
    ):
        for name, (sent, status) in CONNECTIONS.items():
            tried["connections"] += 1
            found = sent(stack, stack.tenant())
            if found == status and still_serves(stack):
                held["connections"] += 1
            else:
                say(f"NOT HELD connections, {name}: {found or 'held open'}")
        for form in pods.FORMS:
            tried["pods"] += 1
            if pods.held(stack, form):
                held["pods"] += 1
            else:
                say(f"NOT HELD pods, {form}")
    return _report(tried, held)


def _report(tried: Counter[str], held: Counter[str]) -> int:
    say(f"{'attack':24}{'tried':>8}{'held':>8}")
    for group, number in tried.items():
        say(f"{group:24}{number:8}{held[group]:8}")
    lost = tried.total() - held.total()
    verdict = "all held" if not lost else f"{lost} NOT HELD"
    say(f"{tried.total()} attacks, {verdict}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
