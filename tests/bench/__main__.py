"""``tests/bench/run [name...]``: every bench, or those named; 1 when a goal is missed."""

from __future__ import annotations

import sys

import uvloop

from tests.bench import fanout, images, lists, pages, passthrough, routers, tokens
from tests.bench.tables import say

BENCHES = {
    "pass-through": passthrough.run,
    "fan-out": fanout.run,
    "tokens": tokens.run,
    "pages": pages.run,
    "images": images.run,
    "interface-adds": routers.adds,
    "router-changes": routers.changes,
    "network-lists": lists.run,
}


def main() -> int:
    """Run the benches asked for."""
    asked = sys.argv[1:] or list(BENCHES)
    if unknown := [name for name in asked if name not in BENCHES]:
        say(f"no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
        return 2
    missed = [name for name in asked if not uvloop.run(BENCHES[name]())]
    say("", f"missed: {', '.join(missed)}" if missed else "every goal holds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
