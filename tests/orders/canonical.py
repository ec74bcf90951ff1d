"""Two states are the same if they differ only in what nobody chose: ids, addresses, VLANs, times.

Objects and the values in them that nobody chose are a graph. Each gets a colour from what it is
and from the colours around it, round by round; equal colours then mean that one state becomes the
other by renaming. A VLAN that should be one in two pods, or a route that should lead to another
router's address, makes a difference therefore, whatever its number is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.support.client import Json

_TOKEN = re.compile(
    r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b)"
    r"|(?P<half>(?<=default-)[0-9a-f]{8}\b)"
    r"|(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?)"
    r"|(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2})"
    r"|(?P<ip>\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b)"
)
_ROUNDS = 8
# Counts of changes and where a pod put a guest: nothing that an order of calls has to keep.
_PASSING = re.compile(
    r"revision_number|hostId|links|OS-EXT-SRV-ATTR:.*|OS-SRV-USG:.*|binding:vif_details|progress"
    r"|reservation_id|instance_name|flavor|dns_assignment|standard_attr_id"
    r"|binding:host_id|binding:vif_type"
)
_VLAN = ("provider:segmentation_id", "segmentation_id")


@dataclass(frozen=True)
class Thing:
    """An object: in which pod (or at the top), of which kind, and its document."""

    place: str
    kind: str
    document: Json


State = list[Counter[str]]


def canonical(things: Iterable[Thing], chosen: Iterable[str], ends: Iterable[str]) -> State:
    """The things with every value that nobody chose replaced by its colour, round by round.

    ``ends`` are chosen too, but only as those of a pool: any of them may be handed out by chance.
    """
    return _Colours(list(things), frozenset(chosen), frozenset(ends)).rounds()


def apart(one: State, other: State) -> str:
    """What only one of two states has, for a person to read; empty when they are the same.

    Told in the first round that shows it: later ones carry a difference to everything near it.
    """
    for left, right in zip(one, other, strict=True):
        gone, new = sorted((left - right).elements()), sorted((right - left).elements())
        lines = [f"- {line}" for line in gone] + [f"+ {line}" for line in new]
        if lines:
            return "\n".join(lines)
    return ""


def of_project(things: list[Thing], project_id: str) -> list[Thing]:
    """The project's own things, and what hangs together with them in the same pod."""
    found = [thing for thing in things if _owner(thing) == project_id]
    left = [thing for thing in things if thing.kind != "servers" and thing not in found]
    known = {(t.place, i) for t in found for i in _ids(t)}
    while near := [t for t in left if any((t.place, i) in known for i in _ids(t))]:
        found += near
        left = [t for t in left if t not in near]
        known = {(t.place, i) for t in near for i in _ids(t)}
    return found


def _owner(thing: Thing) -> str:
    return str(thing.document.get("project_id") or thing.document.get("tenant_id") or "")


def _ids(thing: Thing) -> set[str]:
    """The ids that tie a thing to others; who owns it and what it is made of do not."""
    if thing.kind == "servers":
        return {str(thing.document["id"])}
    # A bridge's port has the default group of the service, as all bridges' ports have.
    loose = ("project_id", "tenant_id", "security_groups")
    kept = {name: value for name, value in thing.document.items() if name not in loose}
    return {m["id"] for m in _TOKEN.finditer(json.dumps(kept)) if m["id"]}


class _Colours:
    def __init__(self, things: list[Thing], chosen: frozenset[str], ends: frozenset[str]) -> None:
        self._things = things
        self._chosen = chosen
        self._ends = ends
        self._colour: dict[str, str] = {}

    def rounds(self) -> State:
        found = [self._lines()]
        for _ in range(_ROUNDS):
            self._refine()
            found.append(self._lines())
        return found

    def _lines(self) -> Counter[str]:
        return Counter(self._line(thing) for thing in self._things)

    def _line(self, thing: Thing) -> str:
        shown = self._render(thing.document, self._name)
        return f"{thing.place} {thing.kind} {json.dumps(shown, sort_keys=True)}"

    def _refine(self) -> None:
        around: dict[str, list[str]] = {}
        for thing in self._things:
            line = _hash(self._line(thing))
            for name, value in thing.document.items():

                def note(token: str, kind: str, at: str = f"{line} {name}") -> str:
                    around.setdefault(f"{kind} {token}", []).append(at)
                    return ""

                self._render({name: value}, note)
        self._colour = {
            token: f"{token.split()[0]}:{_hash(' '.join(sorted(places)))}"
            for token, places in around.items()
        }

    def _end(self, token: str, kind: str) -> str:
        return token if token in self._ends else kind

    def _name(self, token: str, kind: str) -> str:
        return self._colour.get(f"{kind} {token}", kind)

    def _render(self, value: Any, name: Callable[[str, str], str]) -> Any:
        if isinstance(value, dict):
            shown = {}
            for key, inner in value.items():
                if _PASSING.fullmatch(key):
                    continue
                if key in _VLAN and inner is not None:
                    # A tunnel's id means something inside its pod only.
                    vlan = value.get("provider:network_type") == "vlan"
                    shown[key] = name(str(inner), "vlan") if vlan else "tunnel"
                elif key == "allocation_pools":
                    # Which of two pods got a bridge's first address is chance.
                    shown[key] = self._render(inner, self._end)
                else:
                    # A server's addresses are keyed by the network's name, a dump by an id.
                    shown[self._text(key, name)] = self._render(inner, name)
            return shown
        if isinstance(value, list):
            return sorted((self._render(inner, name) for inner in value), key=json.dumps)
        return self._text(value, name) if isinstance(value, str) else value

    def _text(self, text: str, name: Callable[[str, str], str]) -> str:
        def replace(match: re.Match[str]) -> str:
            kind, found = str(match.lastgroup), match[0]
            if found in self._chosen:
                return found
            return "time" if kind == "time" else name(found, kind)

        return _TOKEN.sub(replace, text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
