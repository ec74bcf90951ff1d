"""Figures: limits and usage by resource; and what the rules of quotas ask pods for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from models.errors import PodUnavailable
from models.values import Pod

# Resource -> limit, in_use, reserved.
Figures = dict[str, dict[str, int]]

# How often each pod was heard, by its id.
Heard = Mapping[str, int]

# These limit one object, or are counted at the top: what every pod allows is allowed.
EACH = {
    "key_pairs",
    "metadata_items",
    "server_groups",
    "server_group_members",
    "injected_files",
    "injected_file_content_bytes",
    "injected_file_path_bytes",
    "per_volume_gigabytes",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf pods are asked: headers with the user's token, and a path's beginning.

    ``silent`` takes up why pods did not answer, for which what they said last stands; where it is
    to be read ``live``, not for all of them.
    """

    service: str
    headers: Mapping[str, str]
    prefix: str = ""
    silent: list[PodUnavailable] = field(default_factory=list)
    live: bool = False


class FiguresOfPods(Protocol):
    """What all pods say of limits and usage, added up; ``PodUnavailable`` where one is unknown."""

    async def project(self, asker: Asker, project_id: str, user_id: str = "") -> Figures:
        """Return limits and usage of a project, or of a user in it."""
        ...

    async def defaults(self, asker: Asker, project_id: str) -> Figures:
        """Return the limits of a project for which none were set."""
        ...

    async def named_class(self, asker: Asker, name: str) -> Figures:
        """Return the limits of a quota class."""
        ...

    async def heard(self, service: str, project_id: str) -> Heard:
        """Return how often each pod was heard about the project."""
        ...

    async def grown(
        self, asker: Asker, pod: Pod, project_id: str, amounts: Mapping[str, int], before: Heard
    ) -> None:
        """Have what was made in the pod counted by what it said last.

        ``before``: what ``heard`` returned before the pod was asked to make it.
        """
        ...


def merged(parts: Iterable[Figures]) -> Figures:
    """Return the figures of all pods as one pod's."""
    total: Figures = {}
    for part in parts:
        for resource, one in part.items():
            known = total.get(resource)
            total[resource] = dict(one) if known is None else _added(resource, known, one)
    return total


def _added(resource: str, one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    limits = (one["limit"], other["limit"])
    if resource not in EACH:
        limit = -1 if -1 in limits else sum(limits)
    else:
        limit = max(limits) if -1 in limits else min(limits)
    return {
        "limit": limit,
        "in_use": one["in_use"] + other["in_use"],
        "reserved": one["reserved"] + other["reserved"],
    }
