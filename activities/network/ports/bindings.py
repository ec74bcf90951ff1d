"""PortBindings: how servers' ports are plugged in, which only their pods know."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson

from activities.pods.faults import fault
from activities.pods.region import Regions
from models.database.store import Row, Store
from models.database.tables.routing import Routing
from models.errors import GatewayError
from models.network.ports.owners import SERVER
from models.pods import PodDirectory
from models.resources.network import PORTS
from models.values import Caller, Pod

LOG = logging.getLogger(__name__)
# What a pod has decided since the port was made there.
LIVE = ("status", "binding:host_id", "binding:profile", "binding:vif_type", "binding:vif_details")
_AT_ONCE = 100
_SILENT_SECONDS = 5.0


class PortBindings:
    """Asks pods about ports; who does not answer in ``patience`` seconds changes nothing."""

    def __init__(
        self, store: Store, regions: Regions, pods: PodDirectory, patience: float
    ) -> None:
        self._store = store
        self._regions = regions
        self._pods = pods
        self._patience = patience
        # Who kept a client waiting keeps nobody waiting for a while.
        self._silent: dict[str, float] = {}

    async def show_live(self, caller: Caller, shown: Sequence[dict[str, Any]]) -> None:
        """Put into shown ports of servers what their pods say now; others stay as they are."""
        ports = {port["id"]: port for port in shown if port["device_owner"].startswith(SERVER)}
        if not ports:
            return
        places: dict[str, dict[str, str]] = {}
        for row in await self._places(list(ports)):
            places.setdefault(row["pod_id"], {})[row["bottom_id"]] = row["top_id"]

        async def one(pod_id: str, top: dict[str, str]) -> None:
            for there in await self._ask(caller, await self._pods.get(pod_id), list(top)):
                port = ports[top[there["id"]]]
                port |= {name: there[name] for name in LIVE if name in port and name in there}

        await asyncio.gather(*(one(pod_id, top) for pod_id, top in places.items()))

    async def bind(self, caller: Caller, port_id: str, binding: Mapping[str, Any]) -> None:
        """Set an admin's binding on the port where it is; its pod's refusal otherwise."""
        for row in await self._places([port_id]):
            pod = await self._pods.get(row["pod_id"])
            answer = await self._regions.forward(
                pod,
                "network",
                "PUT",
                f"{PORTS.path}/{row['bottom_id']}",
                headers={"X-Auth-Token": caller.token, "Content-Type": "application/json"},
                body=orjson.dumps({PORTS.member: binding}),
            )
            if answer.judged().status >= 300:
                raise answer.refusal(fault(answer.body)[0])

    async def _places(self, ids: Sequence[str]) -> list[Row]:
        found: list[Row] = []
        made = Routing.type == "port", Routing.bottom_id.is_not(None)
        async with self._store.read() as tx:
            for start in range(0, len(ids), _AT_ONCE):
                some = Routing.top_id.in_(ids[start : start + _AT_ONCE])
                found += await tx.all(Routing.select().where(*made, some))
        return found

    async def _ask(self, caller: Caller, pod: Pod, ids: Sequence[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if self._silent.get(pod.pod_id, 0) > time.monotonic():
            return found
        for start in range(0, len(ids), _AT_ONCE):
            query = [("id", id_) for id_ in ids[start : start + _AT_ONCE]]
            query += [("fields", name) for name in ("id", *LIVE)]
            try:
                answer = await self._regions.forward(
                    pod,
                    "network",
                    "GET",
                    f"{PORTS.path}?{urlencode(query)}",
                    headers={"X-Auth-Token": caller.token, "Accept": "application/json"},
                    timeout=self._patience,
                )
                if answer.status < 300:
                    found += answer.json()[PORTS.collection]
            except GatewayError as error:
                LOG.warning("%s: ports: %s", pod.pod_name, error.message)
                self._silent[pod.pod_id] = time.monotonic() + _SILENT_SECONDS
                break
        return found
