"""Every kind of object that Neutron, Nova, Cinder and Glance list, asked as an admin.

A kind that a pod does not serve (404) has no objects there. What services make by themselves and
keep (a project's default security group) is left out; so is what is history and no object
(migrations, instance actions, messages).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.client import Json, User, send


@dataclass(frozen=True)
class Listed:
    """One kind: its service, where it is listed, and the key of the list."""

    service: str
    path: str
    key: str = ""

    @property
    def name(self) -> str:
        """The last word of the path, as a person calls the kind."""
        return self.path.split("?")[0].rpartition("/")[2]


NETWORK = tuple(
    Listed("network", f"/v2.0/{path}")
    for path in (
        *("networks", "subnets", "ports", "routers", "floatingips", "security-groups"),
        *("security-group-rules", "address-groups", "address-scopes", "subnetpools"),
        *("rbac-policies", "trunks", "segments", "network_segment_ranges", "qos/policies"),
        *("local_ips", "ndp_proxies", "flavors", "service_profiles", "log/logs"),
        *("metering/metering-labels", "metering/metering-label-rules", "quotas"),
    )
)
COMPUTE = (
    Listed("compute", "/servers?all_tenants=1"),
    Listed("compute", "/flavors?is_public=None"),
    Listed("compute", "/os-server-groups?all_projects=1", "server_groups"),
    Listed("compute", "/os-aggregates", "aggregates"),
)
VOLUME = (
    Listed("block-storage", "/volumes?all_tenants=1"),
    Listed("block-storage", "/snapshots?all_tenants=1"),
    Listed("block-storage", "/backups?all_tenants=1"),
    Listed("block-storage", "/attachments?all_tenants=1"),
    Listed("block-storage", "/volume-transfers?all_tenants=1", "transfers"),
    Listed("block-storage", "/groups?all_tenants=1"),
    Listed("block-storage", "/group_snapshots?all_tenants=1"),
    Listed("block-storage", "/types?is_public=None", "volume_types"),
    Listed("block-storage", "/group_types?is_public=None"),
    Listed("block-storage", "/qos-specs"),
)
IMAGE = (Listed("image", "/v2/images?visibility=all&os_hidden=false&limit=1000"),)
KEYPAIRS = "/os-keypairs?user_id="
_DEFAULT = "default"
# Keypairs of other users need 2.10, attachments and groups of volumes need 3.27.
_SPOKEN = {"compute": "compute 2.79", "block-storage": "volume 3.60"}


def everything(admin: User, pod: str, user_ids: list[str]) -> Iterator[tuple[str, Json]]:
    """Each object of a pod with its kind. Nova lists keypairs for one user at a time."""
    automatic: set[str] = set()
    for kind in (*NETWORK, *COMPUTE, *VOLUME, *IMAGE):
        for row in rows(admin, pod, kind):
            if kind.name == "security-groups" and row["name"] == _DEFAULT:
                automatic.add(row["id"])
            elif row.get("security_group_id") not in automatic:
                yield kind.name, row
    for user_id in user_ids:
        for row in rows(admin, pod, Listed("compute", KEYPAIRS + user_id, "keypairs")):
            yield "keypairs", {"id": f"{user_id}/{row['keypair']['name']}"}


def rows(admin: User, pod: str, kind: Listed) -> list[Json]:
    """What a pod lists of a kind, past the gateway."""
    headers = {"X-Auth-Token": admin.token}
    if kind.service in _SPOKEN:
        headers["OpenStack-API-Version"] = _SPOKEN[kind.service]
    answer = send("GET", admin.endpoint(pod, kind.service) + kind.path, None, headers)
    if answer.status == 404:
        return []
    assert answer.status == 200, f"{pod} {kind.path}: {answer.status} {answer.body}"
    found: list[Json] = answer.body[kind.key or kind.name.replace("-", "_")]
    return found


def identity(row: Json) -> str:
    """What tells one object of a kind from another."""
    return str(row.get("id") or row.get("project_id") or row.get("tenant_id") or row["name"])
