"""Keypairs: they belong to a user; pods hold copies under the same name."""

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from models import work
from models.compute import checks, keys
from models.database.store import Row, Store, Transaction
from models.database.tables.compute import Keypair, keypairs
from models.database.tables.routing import Routing
from models.errors import BadRequest, Conflict, Forbidden, NotFound
from models.numbers import digits
from models.operations import Operations

_NAME = re.compile(r"^[A-Za-z0-9_\- ]+$")
_WIDER_NAME = re.compile(r"^[A-Za-z0-9_\- @.]+$")
_MOST = 1000


class Keypairs:
    """The keypair rows."""

    def __init__(self, store: Store, operations: Operations) -> None:
        self._store = store
        self._operations = operations

    async def create(
        self, user_id: str, body: Mapping[str, Any], version: tuple[int, int], limit: int
    ) -> tuple[Row, str]:
        """Write a keypair; return it, with the private key if one was generated here.

        ``Forbidden`` when the user has as many as the limit (-1: none) allows.
        """
        # In a thread: making a key takes the time of a hundred requests.
        row, private = await asyncio.to_thread(_parsed, user_id, body, version)
        mine = select(func.count()).where(Keypair.user_id == user_id)
        async with self._store.write() as tx:
            await tx.alone(f"keypairs/{user_id}")
            if 0 <= limit <= int(await tx.value(mine)):
                raise Forbidden("Quota exceeded, too many key pairs.")
            if not await tx.insert_new(keypairs, row):
                raise Conflict(f"Key pair '{row['name']}' already exists.")
            return await self._row(tx, user_id, row["name"]), private

    async def get(self, user_id: str, name: str) -> Row:
        """Return the user's keypair; ``NotFound``."""
        async with self._store.read() as tx:
            return await self._row(tx, user_id, name)

    async def list(self, user_id: str, params: Sequence[tuple[str, str]]) -> list[Keypair]:
        """Return the user's keypairs by name, at most one page."""
        asked = dict(params)
        limit = asked.get("limit", str(_MOST))
        if not limit.isdecimal():
            raise BadRequest(f"Invalid input for query parameters limit. Value: {limit}.")
        wanted = Keypair.select().where(Keypair.user_id == user_id).order_by(Keypair.name)
        async with self._store.read() as tx:
            if asked.get("marker"):
                try:
                    await self._row(tx, user_id, asked["marker"])
                except NotFound:
                    raise BadRequest(f"marker [{asked['marker']}] not found") from None
                wanted = wanted.where(Keypair.name > asked["marker"])
            return await tx.all(wanted.limit(min(digits(limit), _MOST)))

    async def delete(self, user_id: str, name: str) -> None:
        """Delete a keypair; its copies in pods follow."""
        id_ = top_id(user_id, name)
        operation = ""
        async with self._store.write() as tx:
            mine = (Keypair.user_id == user_id, Keypair.name == name)
            if not await tx.run(keypairs.delete().where(*mine)):
                raise _not_found(user_id, name)
            copies = select(Routing.id).where(Routing.type == "keypair", Routing.top_id == id_)
            if await tx.one(copies):
                operation = await self._operations.add(tx, work.CleanUp.KEYPAIR.on(id_))
        if operation:
            self._operations.announce(operation)

    async def _row(self, tx: Transaction, user_id: str, name: str) -> Row:
        row = await tx.one(
            Keypair.select().where(Keypair.user_id == user_id, Keypair.name == name)
        )
        if row is None:
            raise _not_found(user_id, name)
        return row


def top_id(user_id: str, name: str) -> str:
    """Return the id by which routings know a keypair, whatever the length of its name."""
    plain = f"{user_id}/{name}"
    if len(plain) <= 200:
        return plain
    return f"{user_id}/sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def _parsed(user_id: str, body: Mapping[str, Any], version: tuple[int, int]) -> tuple[Row, str]:
    known = {"name", "public_key"}
    known |= {"type"} if version >= (2, 2) else set()
    known |= {"user_id"} if version >= (2, 10) else set()
    checks.only(body, known, "keypair")
    name = checks.named(checks.required(body, "name", "keypair"))
    if not (_WIDER_NAME if version >= (2, 92) else _NAME).match(name):
        raise BadRequest(
            "Keypair data is invalid: Keypair name contains unsafe characters: only letters, "
            "digits, '_', '-' and blanks (from 2.92 on also '@' and '.') are allowed."
        )
    kind = body.get("type", "ssh")
    if kind not in ("ssh", "x509"):
        raise checks.refuse("type", kind, f"{kind!r} is not one of ['ssh', 'x509']")
    private = ""
    if "public_key" in body:
        public = body["public_key"]
        if not isinstance(public, str):
            raise checks.refuse("public_key", public, f"{public!r} is not of type 'string'")
    elif version >= (2, 92):
        raise checks.refuse("keypair", dict(body), "'public_key' is a required property")
    else:
        public, private = keys.generated(kind, user_id)
    row = {
        "user_id": user_id,
        "name": name,
        "type": kind,
        "public_key": public,
        "fingerprint": keys.fingerprint(kind, public),
    }
    return row, private


def _not_found(user_id: str, name: str) -> NotFound:
    return NotFound(f"Keypair {name} not found for user {user_id}", "KeypairNotFound")
