"""What a volume looks like."""

from __future__ import annotations

from deploy.simulator.http import Json
from deploy.simulator.volume.volumes import Call, Row, VolumeStore


def links(call: Call, kind: str, wanted: str) -> list[Json]:
    """Where an object is found."""
    return [
        {"rel": "self", "href": f"{call.base}/{kind}/{wanted}"},
        {"rel": "bookmark", "href": f"{call.request.origin}/volume{call.project}/{kind}/{wanted}"},
    ]


def basic(call: Call, row: Row) -> Json:
    """The short form of a list."""
    where = links(call, "volumes", row["id"])
    return {"id": row["id"], "name": row["name"], "links": where}


def full(store: VolumeStore, call: Call, row: Row, *, complete: bool = True) -> Json:
    """The long form; the answer to a change is without what extensions add."""
    shown: Json = {
        "id": row["id"],
        "status": row["status"],
        "size": row["size"],
        "availability_zone": row["availability_zone"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "name": row["name"],
        "description": row["description"],
        "volume_type": store.types[row["volume_type_id"]]["name"],
        "snapshot_id": row["snapshot_id"],
        "source_volid": row["source_volid"],
        "metadata": row["metadata"],
        "links": links(call, "volumes", row["id"]),
        "user_id": row["user_id"],
        "bootable": row["bootable"],
        "encrypted": False,
        "replication_status": None,
        "consistencygroup_id": None,
        "multiattach": row["multiattach"],
        "attachments": row["attachments"],
    }
    if call.token.is_admin:
        shown["migration_status"] = None
    if complete:
        shown["os-vol-tenant-attr:tenant_id"] = row["project_id"]
        if row["image_metadata"]:
            shown["volume_image_metadata"] = row["image_metadata"]
        if call.token.is_admin:
            host = f"{store.region.lower()}-storage1@file#file"
            shown["os-vol-host-attr:host"] = None if row["status"] == "creating" else host
            shown["os-vol-mig-status-attr:migstat"] = None
            shown["os-vol-mig-status-attr:name_id"] = None
    fields: list[tuple[int, str, object]] = [
        (13, "group_id", row["group_id"]),
        (48, "shared_targets", None if call.at_least(69) else True),
        (48, "service_uuid", None),
        (63, "volume_type_id", row["volume_type_id"]),
        (65, "consumes_quota", True),
    ]
    if call.token.is_admin:
        fields += [(21, "provider_id", None), (61, "cluster_name", None)]
    shown.update({name: value for minor, name, value in fields if call.at_least(minor)})
    return shown
