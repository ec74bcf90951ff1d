"""ServiceUser: who the gateway is in Keystone, and its token.

keystoneauth waits in threads of its own, a few of them: it is asked for a token about once an
hour, and no call into a pod is among what it does.
"""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import openstack
from keystoneauth1 import exceptions as ksa

from models.errors import NotFound, PodUnavailable
from models.settings import Settings

# A token that ends in the middle of its call is of no use: renewed so long before.
_SPARE_SECONDS = 120.0
_THREADS = 4


class ServiceUser:
    """The user of clouds.yaml. ``PodUnavailable`` of Keystone where that does not answer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="keystone")
        self._connected: Any = None
        self._token = ""
        self._until = 0.0
        # What is asked for in this moment; whoever wants the same waits for it.
        self._asking: dict[str, asyncio.Task[Any]] = {}

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def token(self, refused: str = "") -> str:
        """Return its token, from memory mostly; never the one that was ``refused``."""
        valid = asyncio.get_running_loop().time() < self._until
        if not valid or self._token == refused:
            self._token, self._until = await self._once("token", lambda: self._renewed(refused))
        return self._token

    async def auth_url(self) -> str:
        """Return Keystone's address, as clouds.yaml has it."""
        return str((await self._session()).auth.auth_url)

    def tls(self) -> ssl.SSLContext:
        """Return what clouds.yaml says of certificates: ``verify``, ``cacert``, ``cert``."""
        session = self._connected.session
        own = session.verify if isinstance(session.verify, str) else None
        context = ssl.create_default_context(cafile=own)
        if not session.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if session.cert:
            parts = (session.cert,) if isinstance(session.cert, str) else session.cert
            context.load_cert_chain(*parts)
        return context

    async def _renewed(self, refused: str) -> tuple[str, float]:
        session = await self._session()
        if refused and refused == self._token:
            await self._in_thread(session.invalidate)
        access = await self._in_thread(session.auth.get_access, session)
        left = (access.expires - datetime.now(UTC)).total_seconds() - _SPARE_SECONDS
        return str(access.auth_token), asyncio.get_running_loop().time() + left

    async def _session(self) -> Any:
        if self._connected is None:
            self._connected = await self._once("session", lambda: self._in_thread(self._connect))
        return self._connected.session

    def _connect(self) -> Any:
        try:
            return openstack.connect(
                cloud=self._settings.cloud, api_timeout=self._settings.pod_timeout
            )
        except openstack.exceptions.ConfigException as error:
            raise NotFound(f"clouds.yaml: {error}") from error

    async def _once(self, what: str, ask: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Return what is asked for now, by whomever; who is cancelled takes nobody along."""
        asking = self._asking.get(what)
        if asking is None:
            asking = self._asking[what] = asyncio.create_task(ask())
            asking.add_done_callback(lambda ended: self._told(what, ended))
        return await asyncio.shield(asking)

    def _told(self, what: str, ended: asyncio.Task[Any]) -> None:
        del self._asking[what]
        if not ended.cancelled():
            # Seen, even where all who asked have gone.
            ended.exception()

    async def _in_thread(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, lambda: function(*args, **kwargs))
        except ksa.HttpError as error:
            raise PodUnavailable("Keystone", f"{error.http_status}") from error
        except ksa.ClientException as error:
            raise PodUnavailable("Keystone", type(error).__name__) from error
