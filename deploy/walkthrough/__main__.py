"""``deploy/demo [--simulated] [--reverse] [--undo]``: bring everything up and walk the guide.

``deploy/cluster walk`` is the same walk, in front of the cluster.
"""

import argparse
import sys
import time
from dataclasses import replace

from deploy.pods.console import LabError, say
from deploy.pods.lab import Lab
from deploy.pods.layout import State
from deploy.pods.packages import check_machine
from deploy.production.cluster import Cluster
from deploy.stack import ROOT, Stack
from deploy.walkthrough.guide import Guide
from deploy.walkthrough.orders import GUIDE, REVERSE, Step
from deploy.walkthrough.report import Abandoned, Report


def main() -> int:
    """Walk; 0 when every step passed. The last line is ``N passed, M failed``."""
    parser = argparse.ArgumentParser(prog="deploy/demo", description=__doc__)
    parser.add_argument(
        "--simulated", action="store_true", help="simulated regions: no root, no packets"
    )
    parser.add_argument(
        "--reverse", action="store_true", help="the same steps the other way round"
    )
    parser.add_argument(
        "--undo", action="store_true", help="at the end remove what the steps have made"
    )
    parser.add_argument(
        "--cluster", action="store_true", help="with the topology of production, deploy/cluster"
    )
    words = parser.parse_args()
    simulated = words.simulated or _cannot_be_real()
    order = REVERSE if words.reverse else GUIDE
    if words.undo:
        order = replace(order, steps=(*order.steps, Step.UNDO))
    begin = time.monotonic()
    state = State.from_environment()
    stack = (Cluster if words.cluster else Stack)(state, simulated=simulated)
    report = Report()
    try:
        if not simulated:
            say("== Two real OpenStack regions")
            Lab(state).up()
        say("== Trio2o")
        stack.up()
        Guide(stack, report).walk(order)
    except LabError as error:
        report.failed += 1
        say(f"   {error}")
    except Abandoned:
        say("\nThe steps after this one build on it and were not tried.")
    _tell(stack, time.monotonic() - begin)
    say(report.last_line())
    return 1 if report.failed else 0


def _cannot_be_real() -> bool:
    try:
        check_machine()
    except LabError as reason:
        say(f"NOTICE: {reason}")
        say("NOTICE: going on with simulated regions: the same API, but no packets.\n")
        return True
    return False


def _tell(stack: Stack, seconds: float) -> None:
    ours = "deploy/cluster" if isinstance(stack, Cluster) else "deploy/gateway"
    down = f"{ours} down --simulated" if stack.simulated else f"{ours} down, deploy/lab down"
    say(f"\nAfter {seconds:.0f} s everything is left running:")
    say(f"   gateway          {stack.gateway_url}   (Network API also at {stack.network_url})")
    if stack.temporal_ui:
        say(f"   Temporal Web UI  {stack.temporal_ui}")
    say(f"   clouds.yaml      {stack.clouds}")
    say(f"   try              export OS_CLIENT_CONFIG_FILE={stack.clouds} OS_CLOUD=demo")
    say(f"                    {ROOT}/.venv/bin/openstack server list")
    say(f"   stop             {down}")


if __name__ == "__main__":
    sys.exit(main())
