"""``tests/tempest/run``: the same tests at one pod and through the gateway, in one run.

The last line is ``lost: N of M``: M passed at the pod, N of them did not through the gateway.
The exit code is 1 when more than 1 % is lost, when the gateway answered with a server error or
named a pod's address, and when something was left behind in a pod.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.pods.console import LabError, say, step
from deploy.pods.layout import TOP_REGION, State
from tests.tempest import answers, leftovers
from tests.tempest.cloud import Cloud
from tests.tempest.comparison import Comparison
from tests.tempest.groups import DEFAULT, EXCLUDED, GROUPS
from tests.tempest.play import Played, Tempest

MOST_LOST = 0.01
# A list of thousands helps nobody.
MOST_SHOWN = 40


def main() -> int:
    """Play, compare, tell."""
    arguments = _arguments()
    state = State.from_environment()
    try:
        return _run(state, arguments)
    except LabError as error:
        say(f"tests/tempest/run: {error}")
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/tempest/run", description=__doc__)
    parser.add_argument("--regex", help="these tests instead of the groups'")
    parser.add_argument("--groups", default=",".join(DEFAULT), help="default: %(default)s")
    parser.add_argument("--concurrency", type=int, default=2)
    text = "outcomes of an earlier control; what it lacks is played and added to it"
    parser.add_argument("--control", type=Path, help=text)
    text = "the regions of deploy/gateway --simulated; for a quick look, they are no judge"
    parser.add_argument("--simulated", action="store_true", help=text)
    arguments = parser.parse_args()
    if unknown := set(arguments.groups.split(",")) - set(GROUPS):
        parser.error(f"there is no group {', '.join(sorted(unknown))}")
    return arguments


def _run(state: State, arguments: argparse.Namespace) -> int:
    names = [] if arguments.regex else arguments.groups.split(",")
    tempest = Tempest(state)
    with step("Tempest"):
        tempest.install()
        patterns = [arguments.regex] if arguments.regex else [GROUPS[name] for name in names]
        tests = tempest.tests(patterns)
    if not tests:
        raise LabError("no test has such a name")
    cloud = Cloud.bring_up(state, simulated=arguments.simulated)
    pod = cloud.pods[0]
    before = leftovers.objects(cloud)
    say(f"== {len(tests)} tests at {pod}")
    control = _control(tempest, cloud, tests, arguments)
    left_by_control = leftovers.left(cloud, before)
    between = leftovers.objects(cloud)
    say(f"== {len(tests)} tests through the gateway")
    gateway = tempest.play(cloud, TOP_REGION, tests, arguments.concurrency)
    left = leftovers.left(cloud, between)
    answered = answers.read(tempest.folder(TOP_REGION) / "tempest.log", cloud)

    comparison = Comparison(pod, tests, control, gateway)
    comparison.tell_groups(names)
    if "N" in names:
        said = ", ".join(f"{what} (/{regex}/)" for what, regex in EXCLUDED.items())
        say(f"N is without {said}")
    comparison.tell_losses()
    _tell_list(f"left in the pods by the control at {pod}", map(" ".join, left_by_control))
    _tell_list("left in the pods by the run through the gateway", map(" ".join, left))
    statuses = ", ".join(f"{n} x {code}" for code, n in sorted(answered.statuses.items()))
    say(f"\n{answered.count} answers of the gateway: {statuses}")
    _tell_list("server errors of the gateway", answered.server_errors)
    _tell_list("addresses of pods in the gateway's answers", answered.pod_addresses)
    comparison.tell_time()
    say(f"lost: {len(comparison.lost)} of {comparison.passed}")
    too_many = len(comparison.lost) > MOST_LOST * comparison.passed
    return int(bool(too_many or left or answered.server_errors or answered.pod_addresses))


def _control(
    tempest: Tempest, cloud: Cloud, tests: Sequence[str], arguments: argparse.Namespace
) -> Played:
    file: Path | None = arguments.control
    control = Played.load(file) if file and file.exists() else Played()
    if lacking := [test for test in tests if test not in control.outcomes]:
        control.add(tempest.play(cloud, cloud.pods[0], lacking, arguments.concurrency))
        if file:
            control.save(file)
    return control


def _tell_list(title: str, rows: "Sequence[str] | map[str]") -> None:
    rows = list(rows)
    say(f"\n{title}: {len(rows)}")
    for row in rows[:MOST_SHOWN]:
        say(f"   {row}")
    if len(rows) > MOST_SHOWN:
        say(f"   and {len(rows) - MOST_SHOWN} more")


if __name__ == "__main__":
    sys.exit(main())
