"""A real browser without a window, driven by its DevTools protocol."""

# ruff: noqa: ASYNC110, ASYNC220, ASYNC240 - one test at a time has the loop for itself

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

BINARY = shutil.which("chromium")
_FLAGS = (
    *("--headless=new", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
    *("--remote-debugging-port=0", "--remote-debugging-address=127.0.0.1"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--window-size=1200,1000", "--no-proxy-server"),
)
_SECONDS = 60


class Tab:
    """One open page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0

    async def call(self, method: str, **params: Any) -> Any:
        """The result of a DevTools command."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        while True:
            said = await self._socket.receive_json(timeout=_SECONDS)
            if said.get("id") == self._number:
                assert "error" not in said, said
                return said["result"]

    async def evaluate(self, script: str) -> Any:
        """What an expression is on the page."""
        told = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def until(self, script: str) -> Any:
        """Ask until an expression is true on the page."""
        async with asyncio.timeout(_SECONDS):
            while not (value := await self.evaluate(script)):
                await asyncio.sleep(0.1)
            return value

    async def picture(self, file: Path) -> None:
        """Save what is to be seen of the whole page."""
        shot = await self.call("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))


@asynccontextmanager
async def open_page(url: str) -> AsyncIterator[Tab]:
    """The page in a browser of its own, with a profile that is thrown away."""
    assert BINARY
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # A sandbox of the browser's own cannot be had as root.
        root = ("--no-sandbox",) if os.geteuid() == 0 else ()
        command = (BINARY, *_FLAGS, *root, f"--user-data-dir={profile}", url)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port = await _port(Path(profile) / "DevToolsActivePort")
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = json.loads(await answer.text())
                target = next(p for p in pages if p["type"] == "page")
                address = target["webSocketDebuggerUrl"]
                async with session.ws_connect(address, max_msg_size=2**26) as socket:
                    yield Tab(socket)
        finally:
            process.terminate()
            process.wait()


async def _port(file: Path) -> int:
    async with asyncio.timeout(_SECONDS):
        while not (file.exists() and (lines := file.read_text().split())):
            await asyncio.sleep(0.1)
        return int(lines[0])
