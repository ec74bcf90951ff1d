"""``tests/clients/terraform/run``: a project of two zones, made, changed and destroyed.

Every round applies the scenario, changes it, and destroys it. A plan after each apply is empty,
and nothing is left in any pod. The last line is ``N passed, M failed``, a step of a round each.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from deploy.pods.console import LabError, say
from deploy.pods.layout import PODS, TOP_REGION, State
from tests.clients.go.modules import OPENTOFU, PROVIDER, Modules
from tests.clients.terraform.tofu import Failed, Tofu
from tests.tempest import leftovers
from tests.tempest.cloud import Cloud
from tests.tempest.things import Things, prepared


def main() -> int:
    """Play all rounds; 0 when every step was right."""
    parser = argparse.ArgumentParser(prog="tests/clients/terraform/run", description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="rounds of each parallelism")
    parser.add_argument("--parallelism", default="10,30", help="default: %(default)s")
    parser.add_argument("--region", default=TOP_REGION, help="a pod's name: the control")
    text = "an apply or destroy that ends with errors is done once more, and counts by that"
    parser.add_argument("--again", action="store_true", help=text)
    text = "the regions of deploy/gateway --simulated"
    parser.add_argument("--simulated", action="store_true", help=text)
    arguments = parser.parse_args()
    state = State.from_environment()
    try:
        modules = Modules(state)
        tofu = modules.program(OPENTOFU, "./cmd/tofu", "tofu")
        provider = modules.program(PROVIDER, ".", "terraform-provider-openstack")
        cloud = Cloud.bring_up(state, simulated=arguments.simulated)
        rounds = Rounds(cloud, arguments.region, again=arguments.again)
        with prepared(cloud, arguments.region) as things:
            work = Tofu(tofu, provider, state.folder("terraform"))
            work.use(cloud.login("demo", arguments.region), _variables(arguments.region, things))
            for number in range(arguments.times):
                for parallelism in map(int, arguments.parallelism.split(",")):
                    say(f"== round {number + 1}, parallelism {parallelism}")
                    rounds.play(work, parallelism)
    except LabError as error:
        say(f"tests/clients/terraform/run: {error}")
        return 1
    say(f"{rounds.passed} passed, {rounds.failed} failed")
    return int(bool(rounds.failed) or not rounds.passed)


class Rounds:
    """Counts the steps of all rounds."""

    def __init__(self, cloud: Cloud, region: str, *, again: bool) -> None:
        self._cloud = cloud
        self._region = region
        self._again = again
        self.passed = self.failed = 0

    def play(self, tofu: Tofu, parallelism: int) -> None:
        """One life of the project; it is destroyed whatever happened to it."""
        before = leftovers.objects(self._cloud)
        for generation in (1, 2):
            name = f"generation {generation}"
            if not self._step(f"apply {name}", partial(tofu.apply, generation, parallelism)):
                break
            self._step(f"plan {name} again", partial(tofu.expect_no_change, generation))
        self._step("destroy", partial(tofu.destroy, parallelism))
        self._step("nothing left", partial(self._nothing_left, before))
        tofu.forget()

    def _step(self, name: str, what: Callable[[], None]) -> bool:
        begin = time.monotonic()
        tries = 2 if self._again and name.startswith(("apply", "destroy")) else 1
        for left in reversed(range(tries)):
            try:
                what()
            except Failed as failure:
                say(f"   {'once more' if left else 'FAILED'} {name}")
                for line in str(failure).splitlines():
                    say(f"      {line}")
            else:
                self.passed += 1
                say(f"   ok     {name}, {time.monotonic() - begin:.0f} s")
                return True
        self.failed += 1
        return False

    def _nothing_left(self, before: set[leftovers.Object]) -> None:
        if left := leftovers.left(self._cloud, before):
            raise Failed("\n".join(map(" ".join, left)))


def _variables(region: str, things: Things) -> dict[str, Any]:
    through = region == TOP_REGION
    # A pod's only zone needs no name.
    zones: Sequence[str | None] = [f"az{pod.number}" if through else None for pod in PODS]
    return {
        "zones": dict(zip(("one", "two"), zones, strict=True)),
        "image": things.images[0],
        "flavor": things.flavors[0],
        "pool": things.external_network,
    }


if __name__ == "__main__":
    sys.exit(main())
