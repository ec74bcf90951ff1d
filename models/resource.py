"""What may be said about a resource: the one description that engine, tables and tests read."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Table
from sqlalchemy.types import TypeEngine

from models.errors import BadRequest
from models.settings import Settings

if TYPE_CHECKING:
    from models.database.record import Record

REQUIRED: Any = object()
REFUSED: Any = object()

T = TypeVar("T")


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
    next link, where it is not the collection's. ``routed``: the type of the routings, where the
    same objects are also another collection's (consistency groups are groups).
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
    routed: str = ""

    @property
    def type(self) -> str:
        """The type of the routings by which objects are found."""
        return self.routed or self.member

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


class Match(Enum):
    """How a list's filter compares an attribute with what it is given."""

    EQUAL = "equal"
    CONTAINS = "contains"  # a list of words: has it the word?
    TAGS = "tags"  # like that, with the words tags, tags-any, not-tags, not-tags-any
    NEVER = "never"  # databases do not compare structures


@dataclass(frozen=True, slots=True, eq=False)
class AttributeKind(Generic[T]):
    """What the values of an attribute are: one object for column, check, filter and null.

    ``check`` returns a value in its stored form or raises ``ValueError`` with Neutron's reason.
    ``null`` is what a client's null is stored as; ``REFUSED`` leaves it to the check. ``word``
    makes of a word in a list's filter what it is compared with; lists sort by what is compared
    as a whole.
    """

    type: TypeEngine[Any]
    check: Callable[[Any], T]
    match: Match = Match.EQUAL
    null: Any = REFUSED
    word: Callable[[str], Any] = str

    def stored(self, value: Any) -> T:
        """Return a client's value in its stored form; ``ValueError`` when it is none."""
        if value is None and self.null is not REFUSED:
            return copy.copy(self.null)  # type: ignore[no-any-return]
        return self.check(value)


@dataclass(frozen=True, slots=True)
class Most:
    """How many items the list of an attribute may have, and how Neutron refuses more.

    ``words`` name the attribute, what the object is and the limit.
    """

    of: Callable[[Settings], int]
    words: str
    kind: str

    def check(self, name: str, value: object, settings: Settings, whose: str) -> None:
        """Refuse a list that is too long, also one in an object of lists."""
        if not isinstance(value, list | dict):
            return
        inner = value.values() if isinstance(value, dict) else ()
        sizes = [len(value), *(len(part) for part in inner if isinstance(part, list))]
        if max(sizes) > (most := self.of(settings)):
            said = self.words.format(name=name, whose=whose, most=most, found=max(sizes))
            raise BadRequest(said, self.kind)


ITEMS = Most(
    lambda settings: settings.max_list_items,
    "Invalid input for {name}. Reason: {found} items exceed the maximum {most} (max_list_items).",
    "HTTPBadRequest",
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a resource whose truth is the gateway's.

    ``default`` applies when the attribute is not given at create; ``REQUIRED`` makes it
    mandatory. ``post`` and ``put`` say whether a client may give it at create and at update.
    ``admin`` attributes are shown to and set by an admin only, ``admin_sets`` ones are shown to
    everyone who sees the object. ``service_sets`` ones are set by who has the role ``service``,
    and by no admin without it. ``stored`` attributes are columns; others are computed when shown.
    ``copied`` ones are sent to the copies in pods as they are, and a change of one goes there.
    A list has ``most`` items.
    """

    name: str
    kind: AttributeKind[Any]
    default: Any = None
    post: bool = True
    put: bool = True
    admin: bool = False
    admin_sets: bool = False
    service_sets: bool = False
    stored: bool = True
    copied: bool = False
    most: Most = ITEMS
    column: str = ""

    def of(self, column: str) -> "Attribute":
        """Return it with the key it has in a row, which is its name unless it has another."""
        return replace(self, name=self.name or column, column=column)


@dataclass(frozen=True, slots=True)
class Kind:
    """A collection of the network API whose truth is the gateway's, and its rows' class."""

    record: "type[Record]"
    member: str
    collection: str
    path: str
    not_found: str
    noun: str = ""

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes, in the order in which they are shown."""
        return self.record.attributes

    @property
    def copied(self) -> tuple[Attribute, ...]:
        """Those that the copies in pods have as they are."""
        return tuple(a for a in self.attributes if a.copied)

    @property
    def by_name(self) -> dict[str, Attribute]:
        """The attributes by the names clients use."""
        return {a.name: a for a in self.attributes}

    @property
    def table(self) -> Table:
        """The table."""
        return self.record.table
