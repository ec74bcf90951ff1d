"""One simulated region: its services and their memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from deploy.simulator.compute.service import ComputeService
from deploy.simulator.compute.state import ComputeState
from deploy.simulator.http import Json
from deploy.simulator.image.api import ImageApi
from deploy.simulator.image.store import ImageStore
from deploy.simulator.network.service import NetworkService
from deploy.simulator.network.state import State as NetworkState
from deploy.simulator.settings import Settings
from deploy.simulator.volume.service import VolumeService
from deploy.simulator.volume.volumes import VolumeStore


class Region:
    """Nova, Neutron and Cinder; Keystone is shared with the other regions, Glance may be."""

    def __init__(self, name: str, settings: Settings, images: ImageStore) -> None:
        self.name, self.settings = name, settings
        self._timers: set[asyncio.TimerHandle] = set()
        self.reset(images)

    def reset(self, images: ImageStore) -> None:
        """Forget everything."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.network = NetworkService(NetworkState(self.name, self.settings))
        self.image = ImageApi(images)
        self.store = VolumeStore(self.name, self.later)
        self.volume = VolumeService(self.store, images)
        state = ComputeState(self.name, self.later)
        self.compute = ComputeService(state, self.network, self.store, images)

    def later(self, action: Callable[[], None]) -> None:
        """Do something once the build delay has passed."""
        delay = self.settings.build_delay
        if delay <= 0:
            action()
            return

        def run() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(delay, run)
        self._timers.add(timer)

    def inventory(self) -> Json:
        """Every object by service and kind, as stored."""
        compute = self.compute.state
        return {
            "network": {
                kind: list(rows.values()) for kind, rows in self.network.state.tables.items()
            },
            "compute": {
                "servers": [
                    {key: value for key, value in row.items() if key not in ("plan", "admin_pass")}
                    for row in compute.servers.values()
                ],
                "flavors": list(compute.flavors.values()),
                "keypairs": list(compute.keypairs.values()),
                "aggregates": list(compute.aggregates.values()),
                "server_groups": list(compute.groups.values()),
            },
            "volume": {
                "volumes": list(self.store.volumes.values()),
                "snapshots": list(self.store.snapshots.values()),
                "backups": list(self.store.backups.values()),
                "transfers": list(self.store.transfers.values()),
                "attachments": list(self.store.attachments.values()),
                "groups": list(self.store.groups.values()),
                "group_snapshots": list(self.store.group_snapshots.values()),
                "group_types": list(self.store.group_types.values()),
                "qos_specs": list(self.store.qos.values()),
                "types": list(self.store.types.values()),
            },
        }
