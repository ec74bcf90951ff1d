"""The same stack in front of the lab's two real regions, with ports and a database of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from tests.support.client import Json, User
from tests.support.podinventory import Listed, everything, identity, rows
from tests.support.processes import Process
from tests.support.stack import Stack

STATE = Path(os.environ.get("TRIO2O_STATE", "/var/tmp/trio2o"))


class LabStack(Stack):
    """``alt`` is the tenant: what it had before does not count."""

    pods = ("Pod1", "Pod2")
    # The outside host's second wire; the first one is the walkthrough's.
    external_has = {"provider:segmentation_id": 3002}  # noqa: RUF012 - nobody changes it

    @property
    def clouds_yaml(self) -> Path:
        """Whom the lab knows."""
        return STATE / "clouds.yaml"

    @property
    def processes(self) -> list[Process]:
        """The regions are the lab's, not ours to start and stop."""
        return [self.temporal.process, self.gateway, self.worker]

    def tenant(self) -> User:
        """A tenant that the walkthrough does not use."""
        return self.users["alt"]

    def things_in_pods(self) -> set[tuple[str, str, str]]:
        """Every object of every kind, asked of the pods themselves."""
        return {
            (pod, kind, identity(row))
            for pod in self.pods
            for kind, row in everything(self.admin, pod, [u.user_id for u in self.users.values()])
        }

    def settle(self, seconds: float = 300.0) -> None:
        """Real regions take their time."""
        super().settle(seconds)

    def in_pod(self, pod: str, kind: str) -> list[Json]:
        """What Neutron of a pod has of a kind, all projects'."""
        return rows(self.admin, pod, Listed("network", f"/v2.0/{kind}"))

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        ours = {
            # Not the VLANs of a walkthrough, whose gateway may be in front of the same pods.
            "TRIO2O_BRIDGE_VLANS": "2501:2600",
            # A real pod may finish a call long after its caller died.
            "TRIO2O_LEASE_SECONDS": "15",
        }
        return super()._settings(clouds_yaml) | ours

    def _start_regions(self) -> Json:
        clouds: dict[str, Any] = yaml.safe_load(self.clouds_yaml.read_text())["clouds"]
        return clouds
