"""The disks of a server that is booted: volumes that are there, and those made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.simulator.compute.errors import bad
from deploy.simulator.compute.fields import items
from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Json
from deploy.simulator.identity.state import Token

if TYPE_CHECKING:
    from deploy.simulator.compute.service import ComputeService

_OLD = {"volume_id": "volume", "snapshot_id": "snapshot"}


def wanted(service: ComputeService, call: Call, given: Json) -> list[Json]:
    """The disks that are volumes, each of which the caller may use."""
    rows = [item for item in items(given, "block_device_mapping_v2") if _is_volume(item)]
    for item in items(given, "block_device_mapping"):
        kind = next((kind for key, kind in _OLD.items() if item.get(key)), "volume")
        id_ = item.get("volume_id") or item.get("snapshot_id")
        rows.append({**item, "source_type": kind, "uuid": id_})
    for item in rows:
        source, id_ = item.get("source_type"), str(item.get("uuid"))
        prefix = "Block Device Mapping is Invalid: "
        if source == "volume":
            volume = service.volumes.get(call.token, id_)
            if volume is None:
                raise bad(f"{prefix}failed to get volume {id_}.")
            if volume["status"] != "available":
                raise bad(f"Invalid volume: status of {volume['id']} must be available.")
        elif source == "snapshot" and id_ not in service.volumes.snapshots:
            raise bad(f"{prefix}failed to get snapshot {id_}.")
        elif source in ("image", "blank") and not item.get("volume_size"):
            raise bad(
                "Images with destination_type 'volume' need to have a non-zero size specified"
            )
    return rows


def attach(service: ComputeService, token: Token, row: Row, item: Json) -> None:
    """Take the volume into use, making it first where it is to be made."""
    if item.get("source_type") != "volume":
        given = {"name": "", "availability_zone": None}
        if item.get("source_type") == "image":
            given["imageRef"] = item.get("uuid")
        if item.get("source_type") == "snapshot":
            given["snapshot_id"] = item.get("uuid")
        size = int(item.get("volume_size") or 1)
        kind = service.volumes.type_named(str(item.get("volume_type") or "__DEFAULT__"))
        if kind is None:
            raise bad(f"Volume type {item.get('volume_type')} could not be found.")
        volume = service.volumes.create(token, given, size, kind)
        volume["status"] = "available"
        item = {**item, "uuid": volume["id"]}
    service.volume_plugs.attach(token, row, item)


def _is_volume(item: Json) -> bool:
    return item.get("source_type") == "volume" or item.get("destination_type") == "volume"
