"""Catalog: which services the regions have, and where, as Keystone tells the service user."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextvars import Context
from typing import Any

from models.errors import PodUnavailable
from models.logs import failed

LOG = logging.getLogger(__name__)
_VERSION = re.compile(r"/v\d[^/]*(/.*)?$")
# So old it is read again, behind what is being asked.
_SECONDS = 300.0
# What is not in it may be there by now: so often it is looked for, by all who miss something.
_PAUSE = 5.0
# So long a Keystone that hangs is waited for by all who miss something, once anything is known.
_PATIENCE = 3.0


def unversioned(url: str) -> str:
    """Return the address of a service without the version of its API."""
    return _VERSION.sub("", url.rstrip("/"))


class Catalog:
    """Kept while Keystone is out. That a region has no such service is known, not assumed.

    ``types``: what each service may be called in the catalogue. ``ask`` returns the catalogue as
    it is now; ``PodUnavailable``.
    """

    def __init__(
        self,
        types: Mapping[str, Sequence[str]],
        interface: str,
        ask: Callable[[], Awaitable[list[dict[str, Any]]]],
    ) -> None:
        self._types = types
        self._interface = interface
        self._ask = ask
        self.roots: dict[tuple[str, str], str] = {}
        self.until = 0.0
        self._known = False
        self._began = self._next = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def find(self, region: str, service: str) -> str | None:
        """Return the region's address of the service, looked for once more if it had none.

        ``PodUnavailable`` while nothing is known of any.
        """
        found = self.roots.get((region, service))
        if found is None:
            await self._look()
            return self.roots.get((region, service))
        self._begin()
        return found

    async def without(self, regions: Iterable[str], service: str) -> set[str]:
        """Return those of the regions that have no such service; none while nothing is known."""
        roots = self.roots
        lacking = {region for region in regions if (region, service) not in roots}
        if lacking:
            try:
                await self._look()
            except PodUnavailable:
                return set()
            lacking = {region for region in lacking if (region, service) not in self.roots}
        return lacking

    async def services(self, region: str) -> list[str]:
        """Return what the region has; ``PodUnavailable`` while nothing is known."""
        if not self._known or not any(of == region for of, _ in self.roots):
            await self._look()
        return [service for service in self._types if (region, service) in self.roots]

    async def renew(self) -> None:
        """Have it as it is at this moment; ``PodUnavailable``."""
        await self._read()

    async def close(self) -> None:
        """Read no more."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def _look(self) -> None:
        """Read it, unless that was done a moment ago; ``PodUnavailable`` if it was never read."""
        self._begin()
        reading = self._reading
        if reading is not None and not reading.done():
            left = max(0.0, self._began + _PATIENCE - time.monotonic())
            await asyncio.wait([reading], timeout=left if self._known else None)
        if not self._known:
            if reading is not None and reading.done() and not reading.cancelled():
                reading.result()
            raise PodUnavailable("Keystone", "its catalogue was not read")

    def _begin(self) -> None:
        """Begin to read, where nobody does and it was not done a moment ago."""
        if self._reading is not None and not self._reading.done():
            return
        if self._known and time.monotonic() < self._next:
            return
        self._began = time.monotonic()
        self._next = self._began + _PAUSE
        # In the name of nobody: it is for all who ask.
        self._reading = asyncio.get_running_loop().create_task(
            self._in_background(), context=Context()
        )

    async def _in_background(self) -> None:
        try:
            await self._read()
        except Exception as error:
            if not self._known:
                raise
            failed(LOG, "Keystone's catalogue was not read again", error)

    async def _read(self) -> None:
        urls: dict[str, dict[str, str]] = {}
        for entry in await self._ask():
            known = urls.setdefault(entry["type"], {})
            for one in entry["endpoints"]:
                region = one.get("region_id") or one.get("region")
                if one["interface"] == self._interface and region and one["url"]:
                    known.setdefault(region, one["url"])
        roots: dict[tuple[str, str], str] = {}
        for service, types in self._types.items():
            for kind in types:
                for region, url in urls.get(kind, {}).items():
                    roots.setdefault((region, service), unversioned(url))
        self.roots = roots
        self._known = True
        at = time.monotonic()
        self.until, self._next = at + _SECONDS, at + _PAUSE
