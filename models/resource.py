"""What may be said about a resource: the one description that engine, tables and tests read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

REQUIRED: Any = object()


class Home(Enum):
    """Where the truth about a resource lives."""

    ONE_POD = "one pod"  # server, volume: a routing row knows which
    PARENT = "parent"  # server actions, metadata: wherever the parent is
    ALL_PODS = "all pods"  # hypervisors, services: asked everywhere, merged
    GATEWAY = "gateway"  # network, router, flavor: ours; pods hold copies


@dataclass(frozen=True, slots=True)
class Resource:
    """One proxied collection of one API, e.g. ``Resource("/os-hypervisors", Home.ALL_PODS)``.

    Keys are derived from the path as the APIs themselves do: the last segment without ``os-``,
    hyphens to underscores; the singular without its ``s``. ``merge_by`` is the field by which the
    same thing in two pods is one thing in a merged list (volume types: ``name``). ``paged``: what
    all pods report is sorted and cut here, because no pod knows the others' objects. ``brief``:
    what a list without details shows; empty: the same as with them. ``links``: the key of a list's
    next link, where it is not the collection's.
    """

    path: str
    home: Home
    plural: str = ""
    singular: str = ""
    verbs: tuple[str, ...] = ("list", "show")
    detail: bool = False
    admin: bool = False
    merge_by: str = ""
    paged: bool = False
    links: str = ""
    brief: tuple[str, ...] = ("id", "name", "links")
    actions: Mapping[str, str] = field(default_factory=dict)

    @property
    def collection(self) -> str:
        """The key of a list in an answer."""
        return self.plural or self.path.rsplit("/", 1)[-1].removeprefix("os-").replace("-", "_")

    @property
    def links_key(self) -> str:
        """The key of the link to the next page."""
        return self.links or f"{self.collection}_links"

    @property
    def member(self) -> str:
        """The key of one object in an answer."""
        return self.singular or self.collection.removesuffix("s")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a resource whose truth is the gateway's.

    ``kind`` names a checker (``models.network.collections.checks``). ``default`` applies when the
    attribute is not given at create; ``REQUIRED`` makes it mandatory. ``post`` and ``put`` say
    whether a client may give it at create and at update. ``admin`` attributes are shown to and
    set by an admin only. ``stored`` attributes are columns; others are computed when shown.
    ``copied`` ones are sent to the copies in pods as they are.
    """

    name: str
    kind: str = "text"
    default: Any = None
    post: bool = True
    put: bool = True
    admin: bool = False
    stored: bool = True
    copied: bool = False

    @property
    def column(self) -> str:
        """The name of the column, and of the key in a row."""
        return self.name.replace(":", "_").replace("-", "_")


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection of the network API whose truth is the gateway's."""

    member: str
    collection: str
    path: str
    not_found: str
    attributes: tuple[Attribute, ...]
    noun: str = ""

    @property
    def by_name(self) -> dict[str, Attribute]:
        """The attributes by the names clients use."""
        return {a.name: a for a in self.attributes}

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.collection
