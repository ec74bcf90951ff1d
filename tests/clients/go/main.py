"""``tests/clients/go/run``: gophercloud's tests at one pod and through the gateway.

The last line is ``lost: N of M``: M passed at the pod, N of them did not through the gateway. The
exit code is 1 when one is lost and when something was left behind in a pod that the pod's own run
did not leave.
"""

import argparse
import re
import sys
from pathlib import Path

from deploy.pods.console import LabError, say
from deploy.pods.layout import TOP_REGION, State
from tests.clients.go.gophercloud import PACKAGES, Gophercloud
from tests.clients.go.modules import Modules
from tests.tempest import leftovers
from tests.tempest.cloud import Cloud
from tests.tempest.comparison import Comparison
from tests.tempest.play import Played


def main() -> int:
    """Play, compare, tell."""
    parser = argparse.ArgumentParser(prog="tests/clients/go/run", description=__doc__)
    parser.add_argument("--only", default=",".join(PACKAGES), help="default: %(default)s")
    parser.add_argument("--run", default=".", help="tests of these names, a regular expression")
    parser.add_argument("--control", type=Path, help="outcomes of an earlier control")
    text = "the regions of deploy/gateway --simulated"
    parser.add_argument("--simulated", action="store_true", help=text)
    arguments = parser.parse_args()
    state = State.from_environment()
    try:
        return _run(state, arguments)
    except LabError as error:
        say(f"tests/clients/go/run: {error}")
        return 1


def _run(state: State, arguments: argparse.Namespace) -> int:
    suite = Gophercloud(Modules(state), arguments.only.split(","))
    tests = [test for test in suite.tests() if re.search(arguments.run, test)]
    if not tests:
        raise LabError("no test has such a name")
    cloud = Cloud.bring_up(state, simulated=arguments.simulated)
    pod = cloud.pods[0]
    file: Path | None = arguments.control
    before = leftovers.objects(cloud)
    say(f"== {len(tests)} tests at {pod}")
    control = Played.load(file) if file and file.exists() else Played()
    if lacking := [test for test in tests if test not in control.outcomes]:
        control.add(suite.play(cloud, pod, lacking))
        if file:
            control.save(file)
    left_by_control = leftovers.left(cloud, before)
    between = leftovers.objects(cloud)
    say(f"== {len(tests)} tests through the gateway")
    gateway = suite.play(cloud, TOP_REGION, tests)
    left = leftovers.left(cloud, between)
    comparison = Comparison(pod, tests, control, gateway)
    comparison.tell_groups(())
    comparison.tell_losses()
    for side, things in ((pod, left_by_control), ("the gateway", left)):
        say(f"\nleft in the pods by the run at {side}: {len(things)}")
        for thing in things:
            say(f"   {' '.join(thing)}")
    comparison.tell_time()
    say(f"lost: {len(comparison.lost)} of {comparison.passed}")
    return int(bool(comparison.lost or len(left) > len(left_by_control)))


if __name__ == "__main__":
    sys.exit(main())
