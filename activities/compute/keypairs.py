"""Keypairs: they belong to a user; pods hold copies under the same name."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import select

from activities.compute import checks
from activities.operations import Operations
from activities.store import Row, Store, Transaction
from models.errors import BadRequest, Conflict, NotFound
from models.tables.compute import keypairs
from models.tables.routing import routings

_NAME = re.compile(r"^[A-Za-z0-9_\- ]+$")
_WIDER_NAME = re.compile(r"^[A-Za-z0-9_\- @.]+$")
_MOST = 1000


class Keypairs:
    """The keypair rows."""

    def __init__(self, store: Store, operations: Operations) -> None:
        self._store = store
        self._operations = operations

    async def create(
        self, user_id: str, body: Mapping[str, Any], version: tuple[int, int]
    ) -> tuple[Row, str]:
        """Write a keypair; return it, with the private key if one was generated here."""
        row, private = _parsed(user_id, body, version)
        async with self._store.write() as tx:
            if not await tx.insert_new(keypairs, row):
                raise Conflict(f"Key pair '{row['name']}' already exists.")
            return await self._row(tx, user_id, row["name"]), private

    async def get(self, user_id: str, name: str) -> Row:
        """Return the user's keypair; ``NotFound``."""
        async with self._store.read() as tx:
            return await self._row(tx, user_id, name)

    async def list(self, user_id: str, params: Sequence[tuple[str, str]]) -> list[Row]:
        """Return the user's keypairs by name, at most one page."""
        asked = dict(params)
        limit = asked.get("limit", str(_MOST))
        if not limit.isdecimal():
            raise BadRequest(f"Invalid input for query parameters limit. Value: {limit}.")
        wanted = select(keypairs).where(keypairs.c.user_id == user_id).order_by(keypairs.c.name)
        async with self._store.read() as tx:
            if asked.get("marker"):
                try:
                    await self._row(tx, user_id, asked["marker"])
                except NotFound:
                    raise BadRequest(f"marker [{asked['marker']}] not found") from None
                wanted = wanted.where(keypairs.c.name > asked["marker"])
            return await tx.all(wanted.limit(min(int(limit), _MOST)))

    async def delete(self, user_id: str, name: str) -> None:
        """Delete a keypair; its copies in pods follow."""
        id_ = top_id(user_id, name)
        operation = ""
        async with self._store.write() as tx:
            row = await self._row(tx, user_id, name)
            await tx.run(keypairs.delete().where(keypairs.c.id == row["id"]))
            copies = select(routings.c.id).where(
                routings.c.type == "keypair", routings.c.top_id == id_
            )
            if await tx.one(copies):
                operation = await self._operations.add(
                    tx, "clean-up", "keypair", id_, workflow_id=f"clean-up/keypair/{id_}"
                )
        if operation:
            self._operations.announce(operation)

    async def _row(self, tx: Transaction, user_id: str, name: str) -> Row:
        row = await tx.one(
            select(keypairs).where(keypairs.c.user_id == user_id, keypairs.c.name == name)
        )
        if row is None:
            raise NotFound(f"Keypair {name} not found for user {user_id}", "KeypairNotFound")
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
    name = checks.text(checks.required(body, "name", "keypair"), "name")
    if not (_WIDER_NAME if version >= (2, 92) else _NAME).match(name):
        raise BadRequest(
            "Keypair data is invalid: Keypair name contains unsafe characters: only letters, "
            "digits, '_', '-' and blanks (from 2.92 on also '@' and '.') are allowed."
        )
    kind = body.get("type", "ssh")
    if kind not in ("ssh", "x509"):
        raise checks.refuse("type", kind, f"{kind!r} is not one of ['ssh', 'x509']")
    private = ""
    if body.get("public_key") is not None:
        if not isinstance(body["public_key"], str):
            raise checks.refuse("public_key", body["public_key"], "It is not of type 'string'")
        public = body["public_key"].strip()
    elif version >= (2, 92):
        raise checks.refuse("keypair", dict(body), "'public_key' is a required property")
    elif kind == "x509":
        raise BadRequest("Certificates are not generated here: give the public_key to import.")
    else:
        public, private = _generated()
    row = {
        "user_id": user_id,
        "name": name,
        "type": kind,
        "public_key": public,
        "fingerprint": _fingerprint(kind, public),
    }
    return row, private


def _generated() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return f"{public.decode()} Generated-by-Nova", private.decode()


def _fingerprint(kind: str, public: str) -> str:
    try:
        if kind == "x509":
            digest = x509.load_pem_x509_certificate(public.encode()).fingerprint(hashes.SHA1())
        else:
            fields = public.split()
            blob = base64.b64decode(fields[1], validate=True)
            serialization.load_ssh_public_key(f"{fields[0]} {fields[1]}".encode())
            digest = hashlib.md5(blob, usedforsecurity=False).digest()
    except (ValueError, IndexError, binascii.Error, UnsupportedAlgorithm):
        raise BadRequest("Keypair data is invalid: failed to generate fingerprint") from None
    return ":".join(f"{byte:02x}" for byte in digest)
