"""Faults that tests switch on: which requests they meet, and what happens to those."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from deploy.simulator.forms import FORMS
from deploy.simulator.http import BadBody, Json, Request

KINDS = ("slow", "late", "refuse", "status", "lose", "belated", *FORMS)
_FIELDS = {
    "kind",
    "region",
    "service",
    "method",
    "path",
    "times",
    "after",
    "seconds",
    "status",
    "type",
    "message",
    "retry_after",
}
_numbers = count(1)


@dataclass(slots=True)
class Fault:
    """One rule; every condition that is given must hold, and `times` counts down.

    slow:   wait `seconds`, then act and answer.
    late:   act, wait `seconds`, then answer.
    refuse: do nothing and cut the connection.
    status: do nothing and answer `status` in the service's own dialect, in Neutron's with `type`.
    lose:   act, then cut the connection instead of answering.
    belated: cut the connection at once, and act `seconds` later.

    All the others act, and answer in a form of their own:

    chunked:    in parts whose number nobody knows before.
    close:      saying that the connection ends with it.
    hang_up:    as usual; but the connection ends with it.
    unmeasured: after another answer that says that this one comes, up to the connection's end.
    garbage:    in no HTTP.
    half:       as usual, but the connection ends in the middle.
    trailers:   in parts, after which come headers that contradict those before.
    long_trailers, long_head: with headers of megabytes after it, or before it.
    huge:       after megabytes of white space.
    """

    kind: str
    region: str | None = None
    service: str | None = None
    method: str | None = None
    path: str | None = None
    times: int | None = None
    after: int = 0
    seconds: float = 0.0
    status: int = 503
    type: str = ""
    message: str = "Simulated failure."
    retry_after: int | None = None
    hits: int = 0
    id: int = field(default_factory=lambda: next(_numbers))

    def meets(self, region: str, service: str, request: Request) -> bool:
        """Whether the rule is about this request and has not run out."""
        return (
            self.times != 0
            and self.region in (None, region)
            and self.service in (None, service)
            and self.method in (None, request.method)
            and (self.path is None or re.search(self.path, request.path) is not None)
        )

    def document(self) -> Json:
        """The rule as the control API shows it."""
        return {name: getattr(self, name) for name in (*sorted(_FIELDS), "hits", "id")}


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self.rules: dict[int, Fault] = {}

    def add(self, given: Any) -> Fault:
        """Put a rule in force."""
        if not isinstance(given, dict) or set(given) - _FIELDS:
            raise BadBody(f"a fault has the fields {sorted(_FIELDS)}")
        if given.get("kind") not in KINDS:
            raise BadBody(f"kind must be one of {KINDS}")
        try:
            re.compile(given.get("path") or "")
        except re.error as error:
            raise BadBody(f"path is no regular expression: {error}") from error
        fault = Fault(**given)
        self.rules[fault.id] = fault
        return fault

    def meeting(self, region: str, service: str, request: Request) -> list[Fault]:
        """The rules that apply to a request now; each of them has one hit less to go."""
        found = []
        for fault in self.rules.values():
            if not fault.meets(region, service, request):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            fault.hits += 1
            found.append(fault)
        return found
