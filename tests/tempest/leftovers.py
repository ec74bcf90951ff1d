"""What an administrator sees in every pod, for telling what a run has left behind."""

import time
from collections.abc import Iterator
from typing import Any

from deploy.pods.rest import Rest
from tests.tempest.cloud import Cloud

NETWORK = (
    *("networks", "subnets", "ports", "routers", "floatingips", "security-groups"),
    *("subnetpools", "address-scopes", "address-groups", "rbac-policies"),
)
COMPUTE = {
    "servers": "/servers?all_tenants=1",
    "flavors": "/flavors?is_public=None",
    "os-aggregates": "/os-aggregates",
    "os-server-groups": "/os-server-groups?all_projects=1",
}
VOLUME = {
    "volumes": "/volumes?all_tenants=1",
    "snapshots": "/snapshots?all_tenants=1",
    "backups": "/backups?all_tenants=1",
    "types": "/types?is_public=None",
    "qos-specs": "/qos-specs",
    "volume-transfers": "/volume-transfers?all_tenants=1",
}
KEYS = {
    "os-aggregates": "aggregates",
    "os-server-groups": "server_groups",
    "types": "volume_types",
    "qos-specs": "qos_specs",
    "volume-transfers": "transfers",
}
# Deletions go on in the background, on both sides.
PATIENCE = 120

# Where, what kind, which id, what name.
Object = tuple[str, str, str, str]


def objects(cloud: Cloud) -> set[Object]:
    """Every object of every project in every pod, and in what the pods share."""
    rest = cloud.admin()
    rows = rest.get(f"{cloud.endpoints[cloud.pods[0]]['image']}/v2/images?limit=1000")["images"]
    found = {("shared", "images", row["id"], row["name"] or "") for row in rows}
    for kind in ("projects", "users"):
        rows = rest.get(f"{cloud.keystone}/{kind}")[kind]
        found |= {("shared", kind, row["id"], row["name"]) for row in rows}
    projects = {id_ for _, kind, id_, _ in found if kind == "projects"}
    for pod in cloud.pods:
        found |= set(_pod(rest, pod, cloud.endpoints[pod], projects))
    return found


def left(cloud: Cloud, before: set[Object]) -> list[Object]:
    """What is there now and was not before, when it does not become less any more."""
    deadline = time.monotonic() + PATIENCE
    while (more := objects(cloud) - before) and time.monotonic() < deadline:
        time.sleep(3)
    return sorted(more)


def _pod(rest: Rest, pod: str, endpoints: dict[str, str], projects: set[str]) -> Iterator[Object]:
    urls = {kind: f"{endpoints['network']}/v2.0/{kind}" for kind in NETWORK}
    urls |= {kind: endpoints["compute"] + path for kind, path in COMPUTE.items()}
    urls |= {kind: endpoints["block-storage"] + path for kind, path in VOLUME.items()}
    for kind, url in urls.items():
        # A region need not have every extension; then it has no such objects either.
        answer: dict[str, list[dict[str, Any]]] | None = rest.find(url)
        rows = answer[KEYS.get(kind, kind.replace("-", "_"))] if answer else []
        for row in rows:
            if row.get("name") == "default" and row.get("project_id") in projects:
                # Neutron makes it for every project that looks; it is due to go with the project.
                continue
            yield pod, kind, str(row["id"]), str(row.get("name") or "")
