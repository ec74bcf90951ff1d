"""What one region's Neutron knows, and the indexes that keep its answers cheap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deploy.simulator.http import Json
from deploy.simulator.ids import new_id, now, seconds
from deploy.simulator.settings import Settings

Row = dict[str, Any]
KINDS = (
    "networks",
    "subnets",
    "ports",
    "routers",
    "floatingips",
    "security_groups",
    "security_group_rules",
    "address_groups",
    "rbac_policies",
    "address_scopes",
    "subnetpools",
)
VLAN_RANGES = {"bridge": (2001, 3000), "extern": (3001, 4000)}


@dataclass(slots=True)
class State:
    """Tables of rows by id, in the order of their making."""

    region: str
    settings: Settings
    tables: dict[str, dict[str, Row]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    # (subnet, address) -> port: the uniqueness Neutron's database guarantees.
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)
    # subnet -> first address of a pool -> where the next free one may be.
    hints: dict[str, dict[str, int]] = field(default_factory=dict)
    macs: dict[tuple[str, str], str] = field(default_factory=dict)
    ports_of_network: dict[str, dict[str, Row]] = field(default_factory=dict)
    ports_of_device: dict[str, dict[str, Row]] = field(default_factory=dict)
    segments: set[tuple[str | None, int | None]] = field(default_factory=set)
    quotas: dict[str, Json] = field(default_factory=dict)
    next_geneve: int = 1

    @property
    def host(self) -> str:
        """The one compute host, which is also the only chassis."""
        return f"{self.region.lower()}-compute1"

    def table(self, kind: str) -> dict[str, Row]:
        """The rows of one kind."""
        return self.tables[kind]

    def subnets_of(self, network_id: str) -> list[Row]:
        """The subnets of a network, oldest first."""
        subnets = self.tables["subnets"]
        return [subnets[wanted] for wanted in self.tables["networks"][network_id]["subnets"]]

    def ports_on(self, device_id: str, *owners: str) -> list[Row]:
        """The ports of a device, oldest first."""
        return [
            port
            for port in self.ports_of_device.get(device_id, {}).values()
            if not owners or port["device_owner"] in owners
        ]


def stamp(revision: int = 1) -> Row:
    """What every new row begins with."""
    moment = seconds(now())
    return {
        "id": new_id(),
        "tags": [],
        "created_at": moment,
        "updated_at": moment,
        "revision_number": revision,
    }


def touch(row: Row) -> None:
    """Note that a row has changed."""
    row["updated_at"] = seconds(now())
    row["revision_number"] += 1
