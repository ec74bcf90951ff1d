"""What one region's Nova knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deploy.simulator.compute.versions import Microversion
from deploy.simulator.http import Json, Request
from deploy.simulator.identity.state import Token

Row = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One authenticated request with its microversion."""

    token: Token
    request: Request
    version: Microversion

    @property
    def base(self) -> str:
        """Where the links of the answer begin."""
        return f"{self.request.origin}/compute/v2.1"

    def at_least(self, minor: int) -> bool:
        """Whether the caller speaks 2.<minor> or newer."""
        return self.version >= (2, minor)


@dataclass(slots=True)
class ComputeState:
    """Rows by id; aggregates by number; keypairs by owner and name."""

    region: str
    later: Callable[[Callable[[], None]], None]
    zone: str = "nova"
    servers: dict[str, Row] = field(default_factory=dict)
    flavors: dict[str, Row] = field(default_factory=dict)
    keypairs: dict[tuple[str, str], Row] = field(default_factory=dict)
    aggregates: dict[int, Row] = field(default_factory=dict)
    groups: dict[str, Row] = field(default_factory=dict)
    # By project, or by project/user.
    quotas: dict[str, Json] = field(default_factory=dict)
    quota_classes: dict[str, Json] = field(default_factory=dict)
    migrations: list[Row] = field(default_factory=list)
    next_aggregate: int = 1
    next_instance: int = 1

    @property
    def host(self) -> str:
        """The one compute host."""
        return f"{self.region.lower()}-compute1"

    def host_id(self, project_id: str) -> str:
        """The host as a tenant may see it."""
        return hashlib.sha224(f"{project_id}{self.host}".encode()).hexdigest()

    def zones(self) -> list[str]:
        """Every zone: the default one and those that aggregates name."""
        named = [
            row["availability_zone"]
            for row in self.aggregates.values()
            if row["availability_zone"] and self.host in row["hosts"]
        ]
        return list(dict.fromkeys(named)) or [self.zone]
