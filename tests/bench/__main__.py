"""``tests/bench/run [name...]``: every bench but the lab's, or those named; 1 when one misses."""

from __future__ import annotations

import sys

import uvloop

from tests.bench import (
    fanout,
    hanging,
    images,
    interfaces,
    lists,
    pages,
    passthrough,
    routers,
    tokens,
)
from tests.bench.tables import say

BENCHES = {
    "pass-through": passthrough.run,
    "fan-out": fanout.run,
    "tokens": tokens.run,
    "pages": pages.run,
    "images": images.run,
    "interface-accept": interfaces.accepted,
    "interface-latency": interfaces.latency,
    "interface-adds": routers.adds,
    "router-changes": routers.changes,
    "network-lists": lists.run,
    "hanging-pod": hanging.run,
}
# The lab has to be up.
IN_THE_LAB = {"real-interface-latency": interfaces.real_latency}


def main() -> int:
    """Run the benches asked for."""
    asked = sys.argv[1:] or list(BENCHES)
    every = BENCHES | IN_THE_LAB
    if unknown := [name for name in asked if name not in every]:
        say(f"no bench {', '.join(unknown)}; there are: {', '.join(every)}")
        return 2
    missed = [name for name in asked if not uvloop.run(every[name]())]
    say("", f"missed: {', '.join(missed)}" if missed else "every goal holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
