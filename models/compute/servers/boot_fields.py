"""Which fields a server create request may have, by microversion, as Nova's schemas have them.

Checked before anything is made for the server: what the pod would refuse costs ports otherwise.
"""

from collections.abc import Mapping
from typing import Any

from models.compute import checks

Version = tuple[int, int]

_HINTS = ("os:scheduler_hints", "OS-SCH-HNT:scheduler_hints")
_ALWAYS = {
    "name", "imageRef", "flavorRef", "adminPass", "metadata", "networks", "OS-DCF:diskConfig",
    "accessIPv4", "accessIPv6", "availability_zone", "block_device_mapping",
    "block_device_mapping_v2", "config_drive", "key_name", "min_count", "max_count",
    "return_reservation_id", "security_groups", "user_data",
}  # fmt: skip
_SINCE: dict[str, Version] = {
    "description": (2, 19),
    "tags": (2, 52),
    "trusted_image_certificates": (2, 63),
    "host": (2, 74),
    "hypervisor_hostname": (2, 74),
    "hostname": (2, 90),
}
_UNTIL: dict[str, Version] = {"personality": (2, 56)}
_UUIDS = ("group",)


def check(body: Mapping[str, Any], server: Mapping[str, Any], version: Version) -> None:
    """Return if every field is one of the version; ``BadRequest`` in Nova's words."""
    checks.only(body, ("server", *_HINTS), "body")
    since = {name for name, first in _SINCE.items() if version >= first}
    until = {name for name, last in _UNTIL.items() if version <= last}
    checks.only(server, _ALWAYS | since | until, "server")
    for name in _HINTS:
        given = body.get(name, {})
        if not isinstance(given, dict):
            raise checks.refuse(name, given, f"{given!r} is not of type 'object'")


def hints(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the scheduler hints; of two spellings the first counts."""
    for name in _HINTS:
        given = body.get(name)
        if isinstance(given, dict):
            for key in _UUIDS:
                if key in given and not isinstance(given[key], str):
                    raise checks.refuse(key, given[key], f"{given[key]!r} is not a 'uuid'")
            return given
    return {}


def with_hints(body: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with other hints, in the spelling that it has."""
    name = next((name for name in _HINTS if name in body), "")
    rest = {key: value for key, value in body.items() if key not in _HINTS}
    return rest | ({name: dict(wanted)} if name and wanted else {})


def tagged_nics(version: Version) -> bool:
    """Tell whether a nic may have a tag: Nova forgot it again between 2.37 and 2.41."""
    return (2, 32) <= version <= (2, 36) or version >= (2, 42)
