"""What Cinder takes in the bodies that the gateway reads, by microversion."""

from collections.abc import Collection
from functools import cache
from typing import Any

from models.bodies import (
    LARGEST,
    Judge,
    anything,
    both,
    either,
    encoded,
    fields,
    integer,
    items,
    nothing,
    one_of,
    or_null,
    printable,
    refuse,
    text,
    under,
    uuid,
    words,
)
from models.errors import BadRequest

Version = tuple[int, int]

_KEY = r"^[a-zA-Z0-9-_:. /]{1,255}$"
_SPACELESS = r"^[a-zA-Z0-9-_:.]{1,255}$"
_TRUTH = one_of(
    True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t",
    False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f",
)  # fmt: skip
_SHORT = or_null(text(most=255))
_DESCRIPTION = or_null(printable())
_SIZE = integer(1, LARGEST, floats=False)
_ID_OR_NULL = or_null(uuid)
_HOST = or_null(text(1, 255, r"^[a-zA-Z0-9-._#@:/+\[\]]*$"))
_METADATA = words(_KEY, text(most=255))
_METADATA_OR_NULL = or_null(_METADATA)
_SPECS = words(_KEY, _SHORT)
_OBJECT = fields({}, more=True)
_MOST = 255


def _name(value: Any, name: str) -> None:
    """Take a name of which something is left without white space."""
    text(1, _MOST)(value, name)
    if not value.strip():
        raise BadRequest("An invalid 'name' value was provided. The 'name' can not be empty.")


def _trimmed(value: Any, name: str) -> None:
    """Take a name whose white space does not count."""
    text()(value, name)
    if not 0 < len(value.strip()) <= _MOST:
        raise BadRequest("An invalid 'name' value was provided. The 'name' can not be empty.")


def _words_of(value: Any, name: str) -> None:
    """Take text whose white space does not count, and what is nothing at all."""
    if value is None:
        return
    text()(value, name)
    if len(value.strip()) > _MOST:
        length = len(value.strip())
        raise BadRequest(
            f"Invalid input received: {name} has {length} characters, more than {_MOST}."
        )


def _filled(value: Any, name: str) -> None:
    """Take text that is not blank."""
    text()(value, name)
    if not 0 < len(value.strip()) <= _MOST:
        raise refuse(name, value, f"{value!r} is not a '{name}'")


def _key_size(value: Any, name: str) -> None:
    integer(0, LARGEST, floats=False)(value, name)


@cache
def volume(version: Version) -> Judge:
    """``POST /volumes``."""
    known: dict[str, Judge] = {
        **dict.fromkeys(("name", "description", "display_name", "display_description"), _words_of),
        **dict.fromkeys(("snapshot_id", "source_volid", "consistencygroup_id"), _ID_OR_NULL),
        **dict.fromkeys(("volume_type", "image_id", "imageRef"), _SHORT),
        "metadata": _METADATA_OR_NULL,
        "size": or_null(_SIZE),
        "availability_zone": or_null(text(1, 255)),
        "multiattach": or_null(_TRUTH),
    }
    if version >= (3, 13):
        known["group_id"] = _SHORT
    if version >= (3, 47):
        known["backup_id"] = _ID_OR_NULL
    inner = fields(known, more=version < (3, 53))
    hints = {"OS-SCH-HNT:scheduler_hints": or_null(_OBJECT)}
    return fields({"volume": inner, **hints}, ("volume",))


SNAPSHOT = under(
    "snapshot",
    fields(
        {
            "name": _SHORT,
            "display_name": _SHORT,
            "description": _DESCRIPTION,
            "volume_id": _ID_OR_NULL,
            "force": _TRUTH,
            "metadata": _METADATA_OR_NULL,
        },
        ("volume_id",),
    ),
)
TYPE = under(
    "volume_type",
    fields(
        {
            "name": _name,
            "description": _DESCRIPTION,
            "extra_specs": _SPECS,
            "os-volume-type-access:is_public": _TRUTH,
        },
        ("name",),
    ),
)
TYPE_CHANGE = under(
    "volume_type",
    fields(
        {
            "name": or_null(text(1, 255)),
            "description": _DESCRIPTION,
            "is_public": _TRUTH,
        }
    ),
)
EXTRA_SPECS = under("extra_specs", words(_SPACELESS, _SHORT))
EXTRA_SPEC = words(_SPACELESS, _SHORT, 1, 1)
_PROJECT = fields({"project": text(1, 255)}, ("project",))
TYPE_ACTIONS = {
    name: under(name, _PROJECT) for name in ("addProjectAccess", "removeProjectAccess")
}


def _encryption(required: Collection[str]) -> Judge:
    known = {
        "key_size": or_null(_key_size),
        "provider": text(most=255),
        "control_location": one_of("front-end", "back-end"),
        "cipher": _SHORT,
    }
    return under("encryption", fields(known, required, more=True))


ENCRYPTION = _encryption(("provider", "control_location"))
ENCRYPTION_CHANGE = _encryption(())
QOS_SPECS = under("qos_specs", fields({"name": _trimmed}, ("name",), more=True))
QOS_SPECS_CHANGE = under("qos_specs", _SPECS)
QOS_KEYS = fields({"keys": items(text(1, 255), unique=True)}, ("keys",))
GROUP_TYPE = under(
    "group_type",
    fields(
        {
            "name": _name,
            "description": _DESCRIPTION,
            "is_public": _TRUTH,
            "group_specs": _METADATA_OR_NULL,
        },
        ("name",),
    ),
)
GROUP_TYPE_CHANGE = under(
    "group_type",
    fields({"name": _SHORT, "description": _DESCRIPTION, "is_public": _TRUTH}),
)
GROUP_SPECS = under("group_specs", words(_SPACELESS, _SHORT))
GROUP_SPEC = words(_SPACELESS, _SHORT, 1, 1)
DEFAULT_TYPE = fields(
    {"default_type": fields({"volume_type": _name}, ("volume_type",))}, more=True
)
GROUP = under(
    "group",
    fields(
        {
            "description": _DESCRIPTION,
            "group_type": _filled,
            "name": _SHORT,
            "volume_types": items(text(most=255), 1, unique=True),
            "availability_zone": or_null(_filled),
        },
        ("group_type", "volume_types"),
    ),
)
_COPIED = {"description": _DESCRIPTION, "name": _SHORT}
GROUP_COPY = under(
    "create-from-src",
    either(
        fields(_COPIED | {"source_group_id": uuid}, ("source_group_id",)),
        fields(_COPIED | {"group_snapshot_id": uuid}, ("group_snapshot_id",)),
    ),
)
_CHANGED = _COPIED | {"add_volumes": _DESCRIPTION, "remove_volumes": _DESCRIPTION}
GROUP_CHANGE = under("group", either(*(fields(_CHANGED, (name,)) for name in _CHANGED)))
GROUP_SNAPSHOT = under("group_snapshot", fields(_COPIED | {"group_id": uuid}, ("group_id",)))


@cache
def backup(version: Version) -> Judge:
    """``POST /backups``."""
    known: dict[str, Judge] = {
        "volume_id": uuid,
        "container": _SHORT,
        "description": _DESCRIPTION,
        "incremental": _TRUTH,
        "force": _TRUTH,
        "name": _SHORT,
        "snapshot_id": _ID_OR_NULL,
    }
    if version >= (3, 43):
        known["metadata"] = _METADATA_OR_NULL
    if version >= (3, 51):
        known["availability_zone"] = _SHORT
    return under("backup", fields(known, ("volume_id",)))


RESTORE = under("restore", or_null(fields({"name": _SHORT, "volume_id": _ID_OR_NULL})))
BACKUP_RECORD = under(
    "backup-record",
    fields(
        {"backup_service": text(most=255), "backup_url": both(text(1), encoded)},
        ("backup_service", "backup_url"),
    ),
)


@cache
def transfer(version: Version) -> Judge:
    """``POST /volume-transfers`` and ``/os-volume-transfer``."""
    known: dict[str, Judge] = {"volume_id": uuid, "name": or_null(_trimmed)}
    if version >= (3, 55):
        known["no_snapshots"] = _TRUTH
    return under("transfer", fields(known, ("volume_id",)))


ACCEPT = under(
    "accept",
    fields({"auth_key": either(integer(signed=True, floats=False), text())}, ("auth_key",)),
)


@cache
def attachment(version: Version) -> Judge:
    """``POST /attachments``."""
    known: dict[str, Judge] = {
        "instance_uuid": uuid,
        "connector": or_null(_OBJECT),
        "volume_uuid": uuid,
    }
    if version >= (3, 54):
        known["mode"] = one_of("rw", "ro")
    return under("attachment", fields(known, ("volume_uuid",)))


@cache
def managed_volume(version: Version) -> Judge:
    """``POST /manageable_volumes`` and ``/os-volume-manage``."""
    known: dict[str, Judge] = {
        "description": _DESCRIPTION,
        "availability_zone": _SHORT,
        "bootable": _TRUTH,
        "volume_type": _SHORT,
        "name": _SHORT,
        "host": _HOST,
        "ref": either(_OBJECT, text()),
        "metadata": _METADATA_OR_NULL,
    }
    if version >= (3, 16):
        known["cluster"] = _SHORT
    return under("volume", fields(known, ("ref",)))


MANAGED_SNAPSHOT = under(
    "snapshot",
    fields(
        {
            "description": _DESCRIPTION,
            "metadata": _METADATA_OR_NULL,
            "name": _SHORT,
            "volume_id": uuid,
            "ref": either(_OBJECT, nothing, text()),
        },
        ("ref", "volume_id"),
    ),
)
_SERVICE: dict[str, Judge] = {"host": _HOST, "cluster": _SHORT}
_NAMED_SERVICE = _SERVICE | {"binary": text(1, 255), "service": text(1, 255)}


def _service(known: dict[str, Judge]) -> Judge:
    return either(fields(known, ("binary",)), fields(known, ("service",)))


SERVICES: dict[str, Judge] = {
    "enable": _service(_NAMED_SERVICE),
    "disable": _service(_NAMED_SERVICE),
    "disable-log-reason": _service(_NAMED_SERVICE | {"disabled_reason": _filled}),
    "freeze": fields(_SERVICE),
    "thaw": fields(_SERVICE),
    "failover_host": fields(_SERVICE | {"backend_id": _SHORT}),
    "failover": fields(_SERVICE | {"backend_id": _SHORT}),
}
QUOTA_SET = under("quota_set", words("", anything, 1))
QUOTA_CLASS_SET = under(
    "quota_class_set",
    words(r"^[a-zA-Z0-9-_:. ]{1,300}$", integer(-1, LARGEST, signed=True, floats=False)),
)
EXTEND = under("os-extend", fields({"new_size": _SIZE}, ("new_size",)))
RETYPE = under(
    "os-retype",
    fields(
        {"new_type": text(), "migration_policy": or_null(one_of("on-demand", "never"))},
        ("new_type",),
    ),
)
