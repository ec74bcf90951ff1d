"""Keystone tokens: validated once, believed for a while, one question at a time for each token."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from activities.pods.region import Regions
from models.cache import Cache
from models.errors import PodUnavailable, TooMany, Unauthorized
from models.settings import Settings
from models.values import AccessRule, Caller, Credentials

_REFUSED_SECONDS = 30.0
_ENTRIES = 50_000
_REFUSED_ENTRIES = 10_000
_MESSAGE = "The request you have made requires authentication."
# Keystone gives no longer ones, and what stands before it takes no longer headers.
_LONGEST = 8_000
# Keystone says of a token that it is none; of the service user, that the gateway may not ask.
_UNKNOWN = (400, 404)
# For each token of an address that is asked about, so many wait to be.
_WAITING = 16
# Without it Keystone tells nobody whose token it is that has access rules.
_HEADERS = {"OpenStack-Identity-Access-Rules": "1"}


class Tokens:
    """Who a token belongs to. Only hashes of tokens are kept beside what Keystone said of them.

    Whom a token has made an admin, ``administers`` says. Tokens that Keystone does not know are
    kept apart: whoever sends many of them displaces nobody's.
    """

    def __init__(
        self, settings: Settings, regions: Regions, administers: Callable[[Caller], bool]
    ) -> None:
        self._seconds = settings.token_cache_seconds
        self._regions = regions
        self._administers = administers
        self._services = frozenset(settings.service_token_roles.split(","))
        self._known: Cache[bytes, tuple[float, Caller]] = Cache(_ENTRIES)
        self._refused: Cache[bytes, float] = Cache(_REFUSED_ENTRIES)
        self._asking: dict[bytes, asyncio.Future[Caller | None]] = {}
        self._lines: dict[str, _Line] = {}
        self._most = settings.token_questions

    async def caller(self, token: str, peer: Any = None) -> Caller:
        """Return whose token it is; ``Unauthorized`` when it is missing, wrong or expired.

        ``peer`` is the client's address and port, as ASGI has them.
        """
        if not token:
            raise Unauthorized(_MESSAGE)
        key = hashlib.sha256(token.encode()).digest()
        known = self._known.get(key)
        if known is not None and known[0] >= time.time():
            return known[1]
        return await self._learn(key, token, peer, "")

    async def served(self, token: str, service_token: str, peer: Any = None) -> Caller:
        """Return whose token a service presents beside its own; one that has expired is fine.

        ``Unauthorized`` when either is wrong, or the service is none.
        """
        service = await self.caller(service_token, peer)
        if not self._services.intersection(service.roles) or not token:
            raise Unauthorized(_MESSAGE)
        key = hashlib.sha256(b"served " + token.encode()).digest()
        known = self._known.get(key)
        if known is not None and known[0] >= time.time():
            return known[1]
        return await self._learn(key, token, peer, "&allow_expired=1")

    async def _learn(self, key: bytes, token: str, peer: Any, more: str) -> Caller:
        if len(token) > _LONGEST or self._refused.get(key, 0.0) >= time.time():
            raise Unauthorized(_MESSAGE)
        asking = self._asking.get(key)
        if asking is None:
            address = str(peer[0]) if peer else ""
            asking = asyncio.ensure_future(self._ask_in_turn(key, token, address, more))
            self._asking[key] = asking
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        # Shielded: the first client may go away while others wait for the same answer.
        caller = await asyncio.shield(asking)
        if caller is None:
            raise Unauthorized(_MESSAGE)
        return caller

    async def _ask_in_turn(self, key: bytes, token: str, address: str, more: str) -> Caller | None:
        """Ask Keystone: about a few tokens of one address at once, and the others after them."""
        if not self._most:
            return await self._ask(key, token, more)
        line = self._lines.get(address)
        if line is None:
            line = self._lines[address] = _Line(asyncio.Semaphore(self._most))
        if line.length >= self._most * (1 + _WAITING):
            raise TooMany("Too many new tokens from this address at once.", after="1")
        line.length += 1
        try:
            async with line.turns:
                return await self._ask(key, token, more)
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[address]

    async def _ask(self, key: bytes, token: str, more: str) -> Caller | None:
        path, headers = f"/v3/auth/tokens?nocatalog{more}", {"X-Subject-Token": token, **_HEADERS}
        status, body = await self._regions.identity("GET", path, headers)
        if status in _UNKNOWN:
            self._refused[key] = time.time() + _REFUSED_SECONDS
            return None
        if status != 200:
            raise PodUnavailable("Keystone", f"it answered {status}", answered=status)
        caller, expires = _caller(orjson.loads(body)["token"], token)
        caller = replace(caller, admin=self._administers(caller))
        until = time.time() + self._seconds
        # One that a service may still use has expired already, perhaps.
        self._known[key] = (until if more else min(until, expires), caller)
        return caller


@dataclass(slots=True)
class _Line:
    """The questions of one address: so many at once, and how many there are in all."""

    turns: asyncio.Semaphore
    length: int = field(default=0)


def _caller(token: dict[str, Any], secret: str) -> tuple[Caller, float]:
    def part(name: str) -> dict[str, Any]:
        value = token.get(name)
        return value if isinstance(value, dict) else {}

    user, project, domain = part("user"), part("project"), part("domain")
    system = "all" if part("system").get("all") else None
    listed = token.get("roles")
    roles = tuple(str(r["name"]) for r in listed) if isinstance(listed, list) else ()
    values = {
        "user_domain_id": user.get("domain", {}).get("id"),
        "project_domain_id": project.get("domain", {}).get("id"),
        "domain_id": domain.get("id"),
        "system_scope": system,
        "is_admin_project": bool(token.get("is_admin_project", True)),
    }
    caller = Caller(
        user_id=str(user.get("id", "")),
        user_name=str(user.get("name", "")),
        project_id=str(project.get("id", "")),
        project_name=str(project.get("name", "")),
        # Those in a domain are none in a project, nor in the system.
        roles=roles if project or system else (),
        token=secret,
        credentials=Credentials(values, _access_rules(part("application_credential"))),
    )
    expires = datetime.fromisoformat(str(token["expires_at"]).replace("Z", "+00:00"))
    return caller, expires.timestamp()


def _access_rules(credential: dict[str, Any]) -> tuple[AccessRule, ...] | None:
    rules = credential.get("access_rules")
    if rules is None:
        return None
    return tuple(AccessRule(str(r["service"]), str(r["method"]), str(r["path"])) for r in rules)
