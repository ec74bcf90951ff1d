"""Questions about lists that several pods have a part of, and what the answers make together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.errors import PodUnavailable
from models.resource import Resource
from models.sorts import Params
from models.values import Caller, Pod


@dataclass(frozen=True, slots=True)
class Question:
    """A list that a caller asks for: ``path`` in the pod, with what to look into when sorting.

    ``only``: the ids of which alone the gateway knows that they are asked for. ``inner_zone``:
    the zone asked for is one inside pods, which they know by the same name. ``other_zones``: the
    pods' names for those that it does not include, though they are in its pods.
    """

    service: str
    resource: Resource
    path: str
    params: Params
    headers: Mapping[str, str]
    caller: Caller
    detail_path: str = ""
    only: frozenset[str] | None = None
    inner_zone: bool = False
    other_zones: frozenset[str] = frozenset()


@dataclass(slots=True)
class Merged:
    """Objects with their pods, in the order of the merged list."""

    objects: list[tuple[Pod, dict[str, Any]]] = field(default_factory=list)
    missing: list[PodUnavailable] = field(default_factory=list)
    full: bool = False
    count: int | None = None
