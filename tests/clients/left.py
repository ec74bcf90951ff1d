"""Inventory: what an administrator finds in every region, so that nothing stays unnoticed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import openstack
from openstack.connection import Connection

_LISTS = {
    "network": (
        "networks", "subnets", "ports", "routers", "floatingips", "security-groups",
        "subnetpools", "address-scopes", "address-groups", "rbac-policies",
    ),
    "compute": ("servers?all_tenants=1", "flavors?is_public=None", "os-aggregates", "os-keypairs"),
    "block_storage": (
        "volumes?all_tenants=1", "snapshots?all_tenants=1", "backups?all_tenants=1", "types",
    ),
    "image": ("images",),
}  # fmt: skip
Things = set[tuple[str, str, str, str]]
# Copies are removed by a job that may still be at work.
_ROUNDS = 20


class Inventory:
    """Lists of every kind in every region of the clouds that are an administrator's."""

    def __init__(self, clouds: Mapping[str, Any]) -> None:
        regions = [name for name in clouds if name.endswith("-admin")]
        self._doors = {"gateway": _connect(clouds["admin"])}
        self._doors |= {name: _connect(clouds[name]) for name in regions}

    def take(self) -> Things:
        """Return region, kind, id and name of everything."""
        found: Things = set()
        for region, door in self._doors.items():
            for service, paths in _LISTS.items():
                for path in paths:
                    found |= _list(door, region, service, path)
        return found

    def left(self, before: Things) -> list[str]:
        """Return what is there now and was not, when no more of it goes by itself."""
        rounds = 0
        while (left := self.take() - before) and rounds < _ROUNDS:
            rounds += 1
            time.sleep(0.5)
        return [" ".join(thing) for thing in sorted(left)]


def _connect(entry: Mapping[str, Any]) -> Connection:
    return openstack.connect(
        load_yaml_config=False, load_envvars=False, app_name="clients", **entry
    )


def _list(door: Connection, region: str, service: str, path: str) -> Things:
    adapter = getattr(door, service)
    version = "/v2.0" if service == "network" and not _versioned(adapter) else ""
    answer = adapter.get(f"{version}/{path}")
    # What the region has no such list of, it has none of; a default group is no leftover.
    if answer.status_code == 404:
        return set()
    answer.raise_for_status()
    rows = next(value for value in answer.json().values() if isinstance(value, list))
    found: Things = set()
    for row in rows:
        row = row.get("keypair", row)
        if (path, row.get("name")) == ("security-groups", "default") or _automatic(row):
            continue
        name = str(row.get("name", ""))
        found.add((region, path, str(row.get("id", name)), name))
    return found


def _automatic(row: Mapping[str, Any]) -> bool:
    return row.get("device_owner") in ("network:distributed", "network:dhcp")


def _versioned(adapter: Any) -> bool:
    return "/v2" in str(adapter.get_endpoint())
