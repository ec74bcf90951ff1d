"""Offers: hands accepted operations to Temporal."""

import asyncio
from typing import Any

from temporalio.client import Client

from models.settings import Settings


class Offers:
    """A Temporal client that connects when it is first needed, and again after a failure."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    async def client(self) -> Client:
        """Return the connected client."""
        async with self._lock:
            if self._client is None:
                self._client = await Client.connect(
                    self._settings.temporal_address,
                    namespace=self._settings.temporal_namespace,
                )
        return self._client

    async def offer(self, operation: dict[str, Any]) -> None:
        """Start or signal the workflow that runs the operation."""
        await self.client()
