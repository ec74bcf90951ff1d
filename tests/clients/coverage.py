"""Coverage: every command of ``openstack`` for our APIs is in a scenario, or the run fails.

``exceptions.yaml`` has the commands that end otherwise than well, with the reason: ``at: pod`` for
what a pod of the lab cannot do, at the gateway neither; ``at: gateway`` for what a pod can do, and
the gateway does not serve.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import yaml

GROUPS = {
    "openstack.compute.v2": "compute",
    "openstack.network.v2": "network",
    "openstack.volume.v3": "volume",
    "openstack.image.v2": "image",
    "openstack.common": "common",
}
# Options before a command, each with its value.
_BEFORE = re.compile(r"^(?:--\S+ \S+ )+")


@dataclass(frozen=True)
class Exceptions:
    """The two tables, from command to reason."""

    pod: Mapping[str, str]
    gateway: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Exceptions:
        """Return the tables of a file; each command is there once."""
        tables: dict[str, dict[str, str]] = {"pod": {}, "gateway": {}}
        for entry in yaml.safe_load(path.read_text()):
            for command in entry["commands"]:
                assert not any(command in table for table in tables.values()), command
                tables[entry["at"]][command] = entry["why"]
        return cls(tables["pod"], tables["gateway"])


class Commands:
    """The commands of the client, by the service that they are for."""

    def __init__(self) -> None:
        self._services = {
            entry.name.replace("_", " "): service
            for group, service in GROUPS.items()
            for entry in entry_points(group=group)
        }

    def of(self, line: str) -> str:
        """Return the command in a line of a scenario; empty if it is none of these."""
        program, _, rest = line.partition(" ")
        if program != "openstack":
            return ""
        words = _BEFORE.sub("", rest).split()
        starts = (" ".join(words[:count]) for count in range(len(words), 0, -1))
        return next((start for start in starts if start in self._services), "")

    def missing(self, lines: Iterable[str]) -> list[str]:
        """Return the commands that no line has."""
        return sorted(set(self._services) - {self.of(line) for line in lines})

    def count(self, commands: Iterable[str]) -> str:
        """Return in words how many of them there are, of how many, for each service."""
        every = Counter(self._services.values())
        some = Counter(self._services[command] for command in set(commands) if command)
        return ", ".join(f"{service} {some[service]} of {every[service]}" for service in every)

    def total(self, commands: Iterable[str]) -> int:
        """Return how many different commands of the four APIs these are."""
        return sum(self._services[command] != "common" for command in set(commands) if command)
