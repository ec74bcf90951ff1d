"""Ledger: what every command of a run did at the pod and at the gateway, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.pods.console import say
from models.network.extensions.unserved import UNSERVED
from tests.clients.coverage import Commands, Exceptions
from tests.clients.output import difference, shape, status
from tests.clients.side import Result, Step

# Fields that extensions bring which the gateway leaves out; the pages say why.
_LEFT_OUT = {
    name
    for extension in UNSERVED
    for names in extension.attributes.values()
    for name in names.split()
}


class Ledger:
    """Judges one step after another, and at the end whether the tables are true."""

    def __init__(self, commands: Commands, exceptions: Exceptions) -> None:
        self.passed = 0
        self.failed = 0
        self._commands = commands
        self._exceptions = exceptions
        self._read = 0
        # Of every command that was run: whether the pod has done it at least once.
        self._done: dict[str, bool] = {}

    def covers(self, lines: Iterable[str]) -> None:
        """Fail for every command of the client that no line has."""
        lines = list(lines)
        for command in self._commands.missing(lines):
            self.fail(f"in no scenario: openstack {command}")

    def write(self, step: Step, expected: Result | None, result: Result | None) -> None:
        """Judge a step by what the pod and the gateway have answered."""
        command = self._commands.of(step.run)
        if command and expected is not None:
            self._done[command] = self._done.get(command, False) or not expected.status
        if result is None:
            return
        self._read += result.read
        wrong, note = self._judge(command, result, expected)
        if result.told:
            wrong = f"tells addresses of pods: {'; '.join(result.told)}"
        what = step.run or f"until {step.until}"
        if wrong:
            self.fail(f"{what}{_because(wrong)}")
        else:
            self.passed += 1
            say(f"   ok     {what}{_because(note)}")

    def fail(self, line: str) -> None:
        """Count and print a failure."""
        self.failed += 1
        say(f"   FAILED {line}")

    def close(self, *, real: bool) -> None:
        """Print the tables and the figures; on real pods the table of what these cannot is held.

        Every command that the pod never did is in it, and no other.
        """
        say("== exceptions")
        for where, table in (("pod", self._exceptions.pod), ("gateway", self._exceptions.gateway)):
            for why in dict.fromkeys(table.values()):
                of = [command for command, reason in table.items() if reason == why]
                say(f"   {where:7} {len(of):3}  {why}")
                for command in of:
                    say(f"                 {command}")
        for command, done in self._done.items() if real else ():
            known = command in self._exceptions.pod
            if done and known:
                self.fail(f"the pod does it, in spite of exceptions.yaml: {command}")
            if not done and not known:
                self.fail(f"the pod never does it, and exceptions.yaml has no reason: {command}")
        say(f"{self._read} answers of the gateway searched for addresses of pods")
        say(f"{self._commands.total(self._done)} commands: {self._commands.count(self._done)}")
        say(f"{self.passed} passed, {self.failed} failed")

    def _judge(self, command: str, result: Result, expected: Result | None) -> tuple[str, str]:
        """Return what is wrong, if anything, and what is worth a note."""
        said = _brief(result.errors)
        if why := self._exceptions.gateway.get(command):
            return ("", why) if result.status else ("works, in spite of exceptions.yaml", "")
        if result.status:
            if expected is None or not expected.status:
                return said or f"ended with {result.status}", ""
            if status(result.errors) != status(expected.errors):
                return f"{said}; the pod: {_brief(expected.errors)}", ""
            return "", f"as the pod: {said}"
        if expected is None:
            return "", ""
        if expected.status:
            return f"the pod: {_brief(expected.errors)}", ""
        wanted, got = shape(expected.out), shape(result.out)
        left_out = (wanted.names - got.names) & _LEFT_OUT
        note = f"without {', '.join(sorted(left_out))}" if left_out else ""
        return difference(wanted._replace(names=wanted.names - left_out), got), note


def _brief(errors: str) -> str:
    lines = [line for line in errors.strip().splitlines() if "deprecated" not in line]
    return (lines[-1] if lines else "")[:300]


def _because(words: str) -> str:
    return f"  [{words}]" if words else ""
