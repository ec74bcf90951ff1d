"""Keystone tokens: validated once, believed for a while, one question at a time for each token."""

import asyncio
import hashlib
import time
from datetime import datetime

import orjson

from activities.pods.region import Regions
from models.cache import Cache
from models.errors import Unauthorized
from models.settings import Settings
from models.values import Caller

_REFUSED_SECONDS = 30.0
_ENTRIES = 50_000
_MESSAGE = "The request you have made requires authentication."


class Tokens:
    """Who a token belongs to. Only hashes of tokens are kept beside what Keystone said of them."""

    def __init__(self, settings: Settings, regions: Regions) -> None:
        self._seconds = settings.token_cache_seconds
        self._regions = regions
        self._known: Cache[bytes, tuple[float, Caller | None]] = Cache(_ENTRIES)
        self._asking: dict[bytes, asyncio.Future[Caller | None]] = {}

    async def caller(self, token: str) -> Caller:
        """Return whose token it is; ``Unauthorized`` when it is missing, wrong or expired."""
        if not token:
            raise Unauthorized(_MESSAGE)
        key = hashlib.sha256(token.encode()).digest()
        known = self._known.get(key)
        if known is None or known[0] < time.time():
            caller = await self._ask_once(key, token)
        else:
            caller = known[1]
        if caller is None:
            raise Unauthorized(_MESSAGE)
        return caller

    async def _ask_once(self, key: bytes, token: str) -> Caller | None:
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.ensure_future(self._ask(key, token))
            self._asking[key] = asking
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        # Shielded: the first client may go away while others wait for the same answer.
        return await asyncio.shield(asking)

    async def _ask(self, key: bytes, token: str) -> Caller | None:
        status, body = await self._regions.identity(
            "GET", "/v3/auth/tokens?nocatalog", {"X-Subject-Token": token}
        )
        caller, until = (None, time.time() + _REFUSED_SECONDS)
        if status == 200:
            caller, expires = _caller(orjson.loads(body)["token"], token)
            until = min(time.time() + self._seconds, expires)
        self._known[key] = (until, caller)
        return caller


def _caller(token: dict[str, object], secret: str) -> tuple[Caller, float]:
    def part(name: str) -> dict[str, str]:
        value = token.get(name)
        return value if isinstance(value, dict) else {}

    listed = token.get("roles")
    roles = tuple(str(r["name"]) for r in listed) if isinstance(listed, list) else ()
    expires = datetime.fromisoformat(str(token["expires_at"]).replace("Z", "+00:00"))
    caller = Caller(
        user_id=part("user").get("id", ""),
        user_name=part("user").get("name", ""),
        project_id=part("project").get("id", ""),
        project_name=part("project").get("name", ""),
        roles=roles,
        token=secret,
        admin="admin" in roles,
    )
    return caller, expires.timestamp()
