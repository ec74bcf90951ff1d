"""Temporal's server as operators run it, on PostgreSQL, with executions found by SQL.

It is built from the Go module that ``go.mod`` pins, by ``need_temporal`` of ``deploy/bootstrap``.
"""

import json
import os
from pathlib import Path
from typing import Any

from deploy.pods.commands import run
from deploy.pods.console import LabError
from deploy.pods.processes import Daemon
from deploy.postgresql import Server
from deploy.stack import BIN, TEMPORAL

_STORES = {"temporal": "temporal", "temporal_visibility": "visibility"}
_SERVICES = ("frontend", "history", "matching", "worker")
_PLUGIN = "postgres12_pgx"
_KEPT = "72h"


class Temporal:
    """One process with all four services; ``port`` is the frontend's, others follow."""

    def __init__(self, folder: Path, port: int, server: Server, namespace: str) -> None:
        self._folder = folder
        self._port = port
        self._server = server
        self._namespace = namespace
        self._command = (str(BIN / "temporal"), "--address", f"127.0.0.1:{port}")

    def prepare(self) -> None:
        """Its databases have the newest schema, and its configuration is written."""
        if not os.path.exists(program("temporal-server")):
            raise LabError("Temporal's server is not built: start this with deploy/cluster")
        for database, schema in _STORES.items():
            new = database not in self._server.databases()
            self._server.database(database)
            if new:
                self._sql(database, "setup-schema", "-v", "0.0")
            self._sql(database, "update-schema", "--schema-name", f"postgresql/v12/{schema}")
        config = self._folder / "config"
        config.mkdir(parents=True, exist_ok=True)
        # JSON is YAML, so no library is needed.
        (config / "cluster.yaml").write_text(json.dumps(self._configuration(), indent=1))
        values = {name: [{"value": value}] for name, value in TEMPORAL.items()}
        self._dynamic.write_text(json.dumps(values, indent=1))

    def daemon(self) -> Daemon:
        """The process, which serves when all its services have found each other."""
        options = ("--root", str(self._folder), "--config", "config", "--env", "cluster")
        command = (program("temporal-server"), *options, "--allow-no-auth", "start")
        probe = (*self._command, "operator", "cluster", "health")
        return Daemon("temporal", command, port=self._port, probe=probe)

    def make_namespace(self) -> None:
        """The namespace is there."""
        listed = run((*self._command, "operator", "namespace", "list", "-o", "json"))
        if self._namespace not in {row["namespaceInfo"]["name"] for row in json.loads(listed)}:
            create = ("operator", "namespace", "create", "--retention", _KEPT)
            run((*self._command, *create, "--namespace", self._namespace))

    @property
    def _dynamic(self) -> Path:
        return self._folder / "dynamic.yaml"

    def _sql(self, database: str, *words: str) -> None:
        place = ("--ep", "127.0.0.1", "-p", str(self._server.port), "-u", "postgres")
        run((program("temporal-sql-tool"), "--pl", _PLUGIN, *place, "--db", database, *words))

    def _configuration(self) -> dict[str, Any]:
        here = "127.0.0.1"
        own = {"enabled": True, "initialFailoverVersion": 1, "rpcName": "frontend"}
        return {
            "log": {"stdout": True, "level": "warn"},
            "persistence": {
                "defaultStore": "temporal",
                "visibilityStore": "temporal_visibility",
                "numHistoryShards": 4,
                "datastores": {name: {"sql": self._store(name)} for name in _STORES},
            },
            "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": here}},
            "services": {
                name: {
                    "rpc": {
                        "grpcPort": self._port + number,
                        "membershipPort": self._port + len(_SERVICES) + number,
                        "bindOnLocalHost": True,
                    }
                }
                for number, name in enumerate(_SERVICES)
            },
            "clusterMetadata": {
                "enableGlobalNamespace": False,
                "failoverVersionIncrement": 10,
                "masterClusterName": "active",
                "currentClusterName": "active",
                "clusterInformation": {"active": own | {"rpcAddress": f"{here}:{self._port}"}},
            },
            "dcRedirectionPolicy": {"policy": "noop"},
            "dynamicConfigClient": {"filepath": str(self._dynamic), "pollInterval": "60s"},
        }

    def _store(self, database: str) -> dict[str, Any]:
        return {
            "pluginName": _PLUGIN,
            "databaseName": database,
            "connectAddr": f"127.0.0.1:{self._server.port}",
            "connectProtocol": "tcp",
            "user": "postgres",
            "maxConns": 20,
            "maxIdleConns": 20,
            "maxConnLifetime": "1h",
        }


def program(name: str) -> str:
    """The path of a program of the server's."""
    return str(Path(os.environ.get("TEMPORAL_SERVER", "")) / name)
