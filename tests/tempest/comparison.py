"""Both sides beside each other: a line for each group, what was lost, and why."""

from collections import Counter
from collections.abc import Collection, Sequence

from deploy.pods.console import say
from tests.tempest.groups import of_test
from tests.tempest.play import Outcome, Played

LONGEST_REASON = 400


class Comparison:
    """The control, the gateway, and the tests that count."""

    def __init__(self, pod: str, tests: Sequence[str], control: Played, gateway: Played) -> None:
        self._pod = pod
        self._tests = tests
        self._control = control
        self._gateway = gateway
        self.lost = {
            test: gateway.outcomes[test]
            for test in tests
            if control.outcomes[test].status == "passed"
            and gateway.outcomes[test].status != "passed"
        }
        # A clean-up that fails only through the gateway is a loss like any other.
        for name, reason in gateway.clean_ups.items():
            if name not in control.clean_ups:
                self.lost[name] = Outcome("failed", reason)
        self.passed = self._count(control, tests)["passed"]

    def _count(self, played: Played, tests: Collection[str]) -> Counter[str]:
        return Counter(played.outcomes[test].status for test in tests)

    def tell_groups(self, names: Collection[str]) -> None:
        """The table."""
        head = "passed failed skipped   sec"
        say(f"\n{'group':6}{'tests':>6}   {self._pod + ':':9}{head}   gateway: {head}   lost")
        for name in names:
            self._tell_group(name, [test for test in self._tests if of_test(test, (name,))])
        self._tell_group("all", self._tests)

    def _tell_group(self, name: str, tests: Collection[str]) -> None:
        columns = []
        for played in (self._control, self._gateway):
            count = self._count(played, tests)
            seconds = sum(played.outcomes[test].seconds for test in tests)
            columns.append(
                f"{'':9}{count['passed']:6}{count['failed']:7}{count['skipped']:8}{seconds:6.0f}"
            )
        lost = sum(test in self.lost for test in tests)
        say(f"{name:6}{len(tests):6}   {'   '.join(columns)}{lost:7}")

    def tell_losses(self) -> None:
        """Each lost test with its reason; and what failed on the pod as well."""
        for test, outcome in self.lost.items():
            say(f"\nlost, {outcome.status}: {test}")
            say(f"   {outcome.reason[:LONGEST_REASON]}")
        also = [test for test in self._tests if self._control.outcomes[test].status == "failed"]
        for test in also:
            say(f"\nfailed on {self._pod} itself: {test}")
            say(f"   {self._control.outcomes[test].reason[:LONGEST_REASON]}")

    def tell_time(self) -> None:
        """The wall time of both sides."""
        say(f"\n{self._pod} {self._control.seconds:.0f} s, gateway {self._gateway.seconds:.0f} s")
