"""``tests/chaos/run [--minutes N] [--seed S]``: what is accepted survives whatever dies.

Twenty tenants work through the front of the cluster of ``deploy/cluster``, in front of three
simulated pods, while its processes are killed, stopped, paused, cut off and put in the wrong time.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from deploy.pods.layout import State
from tests.chaos.faults import Faults
from tests.chaos.judge import Judge, grouped, numbered
from tests.chaos.ledger import Ledger
from tests.chaos.memory import Memory
from tests.chaos.stage import Stage, no_clocks
from tests.chaos.tenant import Tenant
from tests.model.tenant import Outside
from tests.orders.play import remains
from tests.support.folders import memory

TENANTS = 20
SETTLES = 60.0
_PATIENCE = 300.0


def main() -> int:
    """Play it; the last line is ``N passed, M failed``."""
    parser = argparse.ArgumentParser(prog="tests/chaos/run", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (30)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="which faults")
    parser.add_argument("--tenants", type=int, default=TENANTS, help=f"how many ({TENANTS})")
    words = parser.parse_args()
    _tell(f"{words.minutes:g} minutes of seed {words.seed}")
    if reason := no_clocks():
        _tell(f"SKIPPED clocks: {reason}")
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        stage = Stage(Path(folder), State.from_environment())
        stage.end_with(signal.SIGTERM)
        with stage:
            return _play(stage, words.minutes * 60, words.seed, words.tenants)


def _play(stage: Stage, seconds: float, seed: int, number: int) -> int:
    outside = Outside.made(stage)
    flavor = stage.admin.compute.make("/flavors", name="chaos", ram=64, vcpus=1, disk=1)["id"]
    ledger, over, begin = Ledger(), threading.Event(), time.monotonic()
    tenants = [
        Tenant(stage, n, seed, list(outside.networks), ledger) for n in range(1, number + 1)
    ]
    for tenant in tenants:
        tenant.prepare(flavor)
    before = remains(stage)
    sizes = Memory(stage)
    threads = [threading.Thread(target=tenant.live, args=(over,)) for tenant in tenants]
    threads.append(threading.Thread(target=sizes.watch, args=(over,)))
    for thread in threads:
        thread.start()
    faults = Faults(
        stage,
        random.Random(seed),
        lambda told: _tell(f"{time.monotonic() - begin:6.0f} s  {told}"),
    )
    faults.play(seconds)
    last = time.monotonic()
    over.set()
    for thread in threads:
        thread.join()
    _tell("all is well again")
    judge = Judge(stage, tenants, outside.networks)
    judge.settled(_PATIENCE)
    settled = time.monotonic() - last
    judge.look()
    judge.undo(before)
    return _report(faults, ledger, sizes, judge, settled)


def _report(faults: Faults, ledger: Ledger, sizes: Memory, judge: Judge, settled: float) -> int:
    kinds: dict[str, list[str]] = {}
    for (kind, target), number in sorted(faults.played.items()):
        kinds.setdefault(kind, []).append(f"{target} {number}")
    _tell(f"\n== {faults.played.total()} faults")
    for kind, targets in kinds.items():
        _tell(f"   {kind:15} {', '.join(targets)}")
    _tell(f"\n== {ledger.calls.total()} calls")
    for answer, number in sorted(ledger.calls.items()):
        _tell(f"   {number:7} {answer}")
    numbered(grouped(ledger.answers), _tell, 60)
    _tell("\n== Verdict")
    passed = failed = 0
    verdicts = [(f"0 {kind}", lines) for kind, lines in judge.found.items()]
    verdicts.append(("no failure but 503 with a reason", ledger.bad))
    verdicts.append(("every process came back", faults.errors))
    late = [f"{settled:.0f} s"] if settled > SETTLES else []
    verdicts.append((f"settled within {SETTLES:.0f} s of the last fault: {settled:.0f} s", late))
    for role in ("gateway", "worker"):
        grew = ["it grew"] if sizes.grew(role) else []
        thirds = ", ".join(map(str, sizes.parts(role)))
        verdicts.append((f"a {role}'s memory is flat: {thirds} MiB by thirds", grew))
    for what, lines in verdicts:
        passed, failed = passed + (not lines), failed + bool(lines)
        _tell(f"   {'FAILED' if lines else 'ok':7} {what}{f' ({len(lines)})' if lines else ''}")
        numbered(lines, _tell)
    _tell(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
