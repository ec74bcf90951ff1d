"""``tests/values/run``: boundary values for every attribute, at a pod's validators and here.

Prints what differs; 1 when something does.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.support.stack import Stack
from tests.values import requests
from tests.values.play import cases, differences, told
from tests.values.world import World


def main() -> int:
    """Start the stack, ask both, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="requests whose name has this in it")
    given = parser.parse_args()
    every = [*requests.COMPUTE, *requests.VOLUME, *requests.NETWORK]
    chosen = [request for request in every if given.only in request.name]
    with (
        tempfile.TemporaryDirectory(prefix="trio2o-values-") as folder,
        Stack(Path(folder)) as stack,
    ):
        world = World(stack)
        begun = time.monotonic()
        asked = list(cases(world, chosen))
        read = time.monotonic()
        found = asyncio.run(differences(world, asked))
    for line in told(found):
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(
        f"{len(asked)} bodies ({read - begun:.0f} s, {time.monotonic() - read:.0f} s), "
        f"{len(found)} differences\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
