"""Tags: words that clients put on any object they own, and list objects by."""

from collections.abc import Iterable, Sized

from models.database.store import Row, Transaction
from models.errors import BadRequest, NotFound
from models.network.collections import checks
from models.network.collections.collection import Collection
from models.resource import ITEMS
from models.values import Caller

# Neutron's, no setting there either.
MOST = 50


class Tags:
    """The tags of the objects of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def all(self, caller: Caller, id_: str) -> list[str]:
        """Return the tags of an object that the caller may see."""
        try:
            row = await self._collection.get(caller, id_)
        except NotFound:
            raise self._missing(id_) from None
        return list(row["tags"])

    async def has(self, caller: Caller, id_: str, tag: str) -> None:
        """Return if the object has the tag; ``TagNotFound`` otherwise."""
        if tag not in await self.all(caller, id_):
            raise _no_tag(tag)

    async def replace(self, caller: Caller, id_: str, tags: object) -> list[str]:
        """Set the tags of an object and return them."""
        checked = self._checked(tags)
        async with self._collection.store.write() as tx:
            row = await self._own(tx, caller, id_)
            self._count(checked)
            return await self._set(tx, row, checked)

    async def add(self, caller: Caller, id_: str, tags: object) -> list[str]:
        """Add tags to an object and return them: as Neutron, not those that it had."""
        checked = self._checked(tags)
        async with self._collection.store.write() as tx:
            row = await self._own(tx, caller, id_)
            both = {*row["tags"], *checked}
            self._count(both)
            await self._set(tx, row, both)
        return checked

    async def remove(self, caller: Caller, id_: str, tag: str) -> None:
        """Take a tag off an object; ``TagNotFound`` when it has not got it."""
        async with self._collection.store.write() as tx:
            row = await self._own(tx, caller, id_)
            if tag not in row["tags"]:
                raise _no_tag(tag)
            await self._set(tx, row, [kept for kept in row["tags"] if kept != tag])

    async def _own(self, tx: Transaction, caller: Caller, id_: str) -> Row:
        try:
            return await self._collection.own(tx, caller, id_)
        except NotFound:
            raise self._missing(id_) from None

    async def _set(self, tx: Transaction, row: Row, tags: Iterable[str]) -> list[str]:
        wanted = sorted(tags)
        if wanted != sorted(row["tags"]):
            await self._collection.change(tx, row, {"tags": wanted})
        return wanted

    def _checked(self, tags: object) -> list[str]:
        if tags is None:
            raise checks.invalid_input("Invalid tags body")
        if isinstance(tags, list):
            # The same one many times counts once.
            ITEMS.check("tags", tags, self._collection.settings, "")
        return checks.tags(tags)

    def _count(self, tags: Sized) -> None:
        if len(tags) > MOST:
            raise BadRequest(
                f"Bad {self._collection.kind.collection} request: The number of tags exceed the "
                f"per-resource limit of {MOST}.",
                "BadRequest",
            )

    def _missing(self, id_: str) -> NotFound:
        name = self._collection.kind.collection
        return NotFound(f"Resource {name} {id_} could not be found.", "TagResourceNotFound")


def _no_tag(tag: str) -> NotFound:
    return NotFound(f"Tag {tag} could not be found.", "TagNotFound")
