"""Sorts: the order that a query asks for, in Nova's spelling or in Cinder's."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

_SORTS = {
    "created_at": ("created_at", "created"),
    "updated_at": ("updated_at", "updated"),
    "display_name": ("name",),
    "uuid": ("id",),
    "vm_state": ("OS-EXT-STS:vm_state",),
    "task_state": ("OS-EXT-STS:task_state",),
    "power_state": ("OS-EXT-STS:power_state",),
    "host": ("OS-EXT-SRV-ATTR:host", "host"),
    "launched_at": ("OS-SRV-USG:launched_at",),
    "terminated_at": ("OS-SRV-USG:terminated_at",),
    "access_ip_v4": ("accessIPv4",),
    "access_ip_v6": ("accessIPv6",),
    "auto_disk_config": ("OS-DCF:diskConfig",),
    "availability_zone": ("OS-EXT-AZ:availability_zone", "availability_zone"),
    "display_description": ("description",),
    "hostname": ("OS-EXT-SRV-ATTR:hostname",),
    "image_ref": ("image",),
    "instance_type_id": ("flavor",),
    "kernel_id": ("OS-EXT-SRV-ATTR:kernel_id",),
    "launch_index": ("OS-EXT-SRV-ATTR:launch_index",),
    "node": ("OS-EXT-SRV-ATTR:hypervisor_hostname",),
    "ramdisk_id": ("OS-EXT-SRV-ATTR:ramdisk_id",),
    "root_device_name": ("OS-EXT-SRV-ATTR:root_device_name",),
    "project_id": ("tenant_id", "project_id"),
}
Params = Sequence[tuple[str, str]]
# Fields, the first of which that is there counts; and whether the greatest comes first.
Sort = list[tuple[tuple[str, ...], bool]]


def sort_of(params: Params) -> Sort:
    """Return the sort that a query asks for, in Nova's spelling or in Cinder's."""
    keys = [value for name, value in params if name == "sort_key"]
    ways = [value for name, value in params if name == "sort_dir"]
    pairs = list(zip_longest(keys, ways[: len(keys)], fillvalue="desc"))
    for part in dict(params).get("sort", "").split(","):
        key, _, way = part.strip().partition(":")
        if key:
            pairs.append((key, way))
    return [(_SORTS.get(key, (key,)), way != "asc") for key, way in pairs]


def sort_value(item: Mapping[str, Any], names: tuple[str, ...]) -> tuple[int, Any]:
    """Return what the first of an object's fields that is there is sorted by."""
    value = next((item[name] for name in names if name in item), None)
    if value is None:
        return (0, 0)
    return (1, value) if isinstance(value, int | float) else (2, str(value))
