"""The simulated regions, and what a test may do to them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.client import Json, send
from tests.support.processes import Process

PODS = ("Pod1", "Pod2", "Pod3")
# In Keystone, and registered as a pod by no one but the tests of registering.
SPARE = "Spare"


class Simulator:
    """The process, and its control API."""

    def __init__(self, folder: Path, gateway: str, *options: str) -> None:
        self.clouds_yaml = folder / "clouds.yaml"
        command = [sys.executable, "-m", "deploy.simulator", "--regions", ",".join((*PODS, SPARE))]
        command += ["--gateway", gateway, "--clouds-yaml", str(self.clouds_yaml)]
        command += options
        self.process = Process("simulator", command, folder / "simulator.log", self._is_ready)
        self.clouds: Json = {}
        self._control = ""

    def start(self) -> None:
        """Start it and learn where everything is."""
        self.process.start()

    def _is_ready(self) -> bool:
        first = self.process.text().partition("\n")
        if not first[1]:
            return False
        ready = json.loads(first[0])
        self.clouds, self._control = ready["clouds"], ready["control"]
        return True

    def found_at(self, control: str) -> None:
        """It runs already: learn where everything is from its control API."""
        self._control = control
        self.clouds = send("GET", f"{control}/").body["clouds"]

    @contextmanager
    def fault(self, kind: str, **conditions: Any) -> Iterator[Json]:
        """Have a fault in force meanwhile; gives its document, ``hits`` is right at the end."""
        made = send("POST", f"{self._control}/faults", {"kind": kind, **conditions})
        assert made.status == 201, made.body
        document: Json = made.body
        try:
            yield document
        finally:
            now = send("GET", f"{self._control}/faults").body["faults"]
            document.update(next(row for row in now if row["id"] == document["id"]))
            send("DELETE", f"{self._control}/faults/{document['id']}")

    def die(self, region: str) -> None:
        """Connections to the region (or ``identity``, ``image``) are refused from now on."""
        send("POST", f"{self._control}/regions/{region}/die")

    def revive(self, region: str) -> None:
        """The region is back, with everything it knew."""
        send("POST", f"{self._control}/regions/{region}/revive")

    def withdraw(self, region: str, *types: str) -> None:
        """Have no endpoints of these types of services for the region, and those of all others."""
        done = send("PUT", f"{self._control}/regions/{region}/withdrawn", list(types))
        assert done.status == 204, done.body

    def settings(self, **values: float) -> None:
        """Change ``latency`` and ``build_delay``."""
        send("PUT", f"{self._control}/settings", values)

    def tenant(self, name: str, *roles: str) -> Json:
        """Make a user with a project of its own; its clouds.yaml entry."""
        made = send("POST", f"{self._control}/tenants", {"name": name, "roles": list(roles)})
        assert made.status == 201, made.body
        entry: Json = made.body
        return entry

    def expire(self, token: str) -> None:
        """End a token's time."""
        send("POST", f"{self._control}/tokens/expire", {"token": token})

    def forget_calls(self) -> None:
        """Empty the log of calls."""
        send("DELETE", f"{self._control}/calls")

    def calls(self, **conditions: str) -> list[Json]:
        """The calls since the log was emptied: region, service, method, path ..."""
        query = "&".join(f"{name}={value}" for name, value in conditions.items())
        rows: list[Json] = send("GET", f"{self._control}/calls?{query}").body["calls"]
        return rows

    def inventory(self, region: str) -> dict[str, list[Json]]:
        """Every object of a region by kind, but for what Neutron makes by itself."""
        services = send("GET", f"{self._control}/inventory?region={region}").body
        found = {kind: rows for kinds in services.values() for kind, rows in kinds.items()}
        automatic = {g["id"] for g in found["security_groups"] if g["name"] == "default"}
        found["security_groups"] = [
            g for g in found["security_groups"] if g["id"] not in automatic
        ]
        found["security_group_rules"] = [
            r for r in found["security_group_rules"] if r["security_group_id"] not in automatic
        ]
        return found

    def own_groups(self, region: str, project_id: str) -> list[str]:
        """Ids of the default group that a region's Neutron made by itself for a project."""
        services = send("GET", f"{self._control}/inventory?region={region}").body
        return [
            group["id"]
            for kinds in services.values()
            for group in kinds.get("security_groups", ())
            if group["name"] == "default" and group["project_id"] == project_id
        ]

    def ids(self) -> set[tuple[str, str, str]]:
        """Region, kind and id of every object that somebody asked for."""
        return {
            (region, kind, str(row.get("id") or row.get("name")))
            for region in PODS
            for kind, rows in self.inventory(region).items()
            for row in rows
        }
