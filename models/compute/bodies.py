"""What Nova takes in the bodies that the gateway reads, by microversion."""

from functools import cache

from models.bodies import (
    LARGEST,
    Judge,
    address,
    anything,
    both,
    either,
    encoded,
    fields,
    integer,
    items,
    named,
    nothing,
    number,
    one_of,
    or_null,
    printable,
    text,
    under,
    uuid,
    words,
)

Version = tuple[int, int]

_KEY = r"^[a-zA-Z0-9-_:. ]{1,255}$"
_HOST = text(1, 255, r"^[a-zA-Z0-9-._]*$")
_TAG = text(1, 60, r"^[^,/]*$")
_DEVICE = or_null(text(pattern=r"(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$"))
_TRUTH = one_of(
    True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes",
    False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no",
)  # fmt: skip
_NAME = named()
_ZONE = either(nothing, named(without=":"))
_COUNT = integer(1)
_SIZE = integer(1, LARGEST)
_AMOUNT = integer(0, LARGEST)
_LIMIT = integer(-1, LARGEST, signed=True)
_ADDRESS = address()
METADATA = words(_KEY, text(most=255))

_LIMITS = (
    "instances", "cores", "ram", "metadata_items", "key_pairs", "server_groups",
    "server_group_members",
)  # fmt: skip
_LIMITS_OF_NETWORKS = ("fixed_ips", "floating_ips", "security_group_rules", "security_groups")
_LIMITS_OF_FILES = (
    "injected_files", "injected_file_content_bytes", "injected_file_path_bytes",
)  # fmt: skip
_EVENTS = (
    "network-changed", "network-vif-plugged", "network-vif-unplugged", "network-vif-deleted",
)  # fmt: skip
_LATER_EVENTS = (
    ((2, 51), "volume-extended"),
    ((2, 76), "power-update"),
    ((2, 82), "accelerator-request-bound"),
    ((2, 93), "volume-reimaged"),
)


@cache
def keypair(version: Version) -> Judge:
    """``POST /os-keypairs``."""
    more = "@." if version >= (2, 92) else ""
    safe = text(1, 255, rf"^[A-Za-z0-9_\- {more}]+$")
    known = {"name": both(_NAME, safe), "public_key": text()}
    if version >= (2, 2):
        known["type"] = one_of("ssh", "x509")
    if version >= (2, 10):
        known["user_id"] = text()
    required = ("name", "public_key") if version >= (2, 92) else ("name",)
    return under("keypair", fields(known, required))


_FLAVOR_ID = text(1, 255, r"^(?! )[a-zA-Z0-9. _-]+(?<! )$")
_DESCRIPTION_OF_FLAVOR = or_null(printable(most=65535))
_RXTX = either(number, text(pattern=r"^[0-9]+(\.[0-9]+)?$"))


@cache
def flavor(*, described: bool) -> Judge:
    """``POST /flavors``; described: from 2.55 on."""
    known = {
        "name": _NAME,
        "id": or_null(either(number, _FLAVOR_ID)),
        "ram": _SIZE,
        "vcpus": _SIZE,
        "disk": _AMOUNT,
        "OS-FLV-EXT-DATA:ephemeral": _AMOUNT,
        "swap": _AMOUNT,
        "rxtx_factor": _RXTX,
        "os-flavor-access:is_public": _TRUTH,
    }
    if described:
        known["description"] = _DESCRIPTION_OF_FLAVOR
    return under("flavor", fields(known, ("name", "ram", "vcpus", "disk")))


FLAVOR_CHANGE = under("flavor", fields({"description": _DESCRIPTION_OF_FLAVOR}, ("description",)))
_SPEC = either(number, text(most=255))
EXTRA_SPECS = under("extra_specs", words(_KEY, _SPEC))
EXTRA_SPEC = words(_KEY, _SPEC, 1, 1)
_TENANT = fields({"tenant": text(1, 255)}, ("tenant",))
FLAVOR_ACTIONS = {name: under(name, _TENANT) for name in ("addTenantAccess", "removeTenantAccess")}

AGGREGATE = under("aggregate", fields({"name": _NAME, "availability_zone": _ZONE}, ("name",)))
AGGREGATE_CHANGE = under(
    "aggregate", fields({"name": named(padded=True), "availability_zone": _ZONE})
)
_TO_HOST = fields({"host": _HOST}, ("host",))
AGGREGATE_ACTIONS = {
    "add_host": under("add_host", _TO_HOST),
    "remove_host": under("remove_host", _TO_HOST),
    "set_metadata": under(
        "set_metadata",
        fields({"metadata": words(_KEY, or_null(text(most=255)))}, ("metadata",)),
    ),
}
AGGREGATE_IMAGES = fields({"cache": items(fields({"id": uuid}, ("id",)), 1)}, ("cache",))


@cache
def server_group(version: Version) -> Judge:
    """``POST /os-server-groups``."""
    policies = ["anti-affinity", "affinity"]
    if version >= (2, 15):
        policies += ["soft-anti-affinity", "soft-affinity"]
    policy = one_of(*policies)
    if version >= (2, 64):
        rules = fields({"max_server_per_host": _COUNT})
        known = {"name": _NAME, "policy": policy, "rules": rules}
        return under("server_group", fields(known, ("name", "policy")))
    known = {"name": _NAME, "policies": items(policy, 1, 1)}
    return under("server_group", fields(known, ("name", "policies")))


@cache
def quota_set(version: Version) -> Judge:
    """``PUT /os-quota-sets/{id}``."""
    return under("quota_set", fields(dict.fromkeys(_limits(version), _LIMIT) | {"force": _TRUTH}))


@cache
def quota_class_set(version: Version) -> Judge:
    """``PUT /os-quota-class-sets/{id}``."""
    known = _limits((2, 36) if version >= (2, 50) else (2, 1))
    known = known if version < (2, 57) else _limits(version)
    return under("quota_class_set", fields(dict.fromkeys(known, _LIMIT)))


def _limits(version: Version) -> tuple[str, ...]:
    networks = () if version >= (2, 36) else (*_LIMITS_OF_NETWORKS, "networks")
    return (*_LIMITS, *networks, *(() if version >= (2, 57) else _LIMITS_OF_FILES))


@cache
def interface(version: Version) -> Judge:
    """``POST /servers/{id}/os-interface``."""
    one = fields({"ip_address": _ADDRESS}, ("ip_address",))
    known = {"net_id": uuid, "port_id": uuid, "fixed_ips": items(one, 1, 1)}
    if version >= (2, 49):
        known["tag"] = _TAG
    return fields({"interfaceAttachment": fields(known)})


@cache
def volume_attachment(version: Version) -> Judge:
    """``POST /servers/{id}/os-volume_attachments``."""
    known: dict[str, Judge] = {"volumeId": uuid, "device": _DEVICE}
    if version >= (2, 49):
        known["tag"] = _TAG
    if version >= (2, 79):
        known["delete_on_termination"] = _TRUTH
    return under("volumeAttachment", fields(known, ("volumeId",)))


@cache
def volume_attachment_change(version: Version) -> Judge:
    """``PUT /servers/{id}/os-volume_attachments/{volume_id}``."""
    known: dict[str, Judge] = {"volumeId": uuid}
    if version >= (2, 85):
        known |= {"device": _DEVICE, "tag": _TAG, "delete_on_termination": _TRUTH}
        known |= {"serverId": uuid, "id": uuid}
    return under("volumeAttachment", fields(known, ("volumeId",)))


@cache
def service(version: Version) -> Judge:
    """``PUT /os-services/{id or action}``."""
    reason = text(1, 255)
    if version >= (2, 53):
        status = one_of("enabled", "disabled")
        known = {"status": status, "disabled_reason": reason, "forced_down": _TRUTH}
        return fields(known)
    known = {"host": _HOST, "binary": text(1, 255), "disabled_reason": reason}
    if version >= (2, 11):
        known["forced_down"] = _TRUTH
    return fields(known, ("host", "binary"))


_SWITCH = one_of("enable", "disable", "Enable", "Disable", "ENABLE", "DISABLE")
_HOST_CHANGE = {"status": _SWITCH, "maintenance_mode": _SWITCH}
HOST = either(*(fields(_HOST_CHANGE, (name,)) for name in _HOST_CHANGE))


@cache
def events(version: Version) -> Judge:
    """``POST /os-server-external-events``."""
    names = [*_EVENTS, *(name for first, name in _LATER_EVENTS if version >= first)]
    event = {
        "server_uuid": uuid,
        "name": one_of(*names),
        "status": one_of("failed", "completed", "in-progress"),
        "tag": text(most=255),
    }
    return fields({"events": items(fields(event, ("server_uuid", "name")), 1)}, ("events",))


_GROUP = {"name": text(most=255), "description": text(most=255)}
SECURITY_GROUP = under("security_group", fields(_GROUP, tuple(_GROUP), more=True), more=True)
SECURITY_GROUP_RULE = under(
    "security_group_rule",
    fields({"group_id": or_null(uuid), "parent_group_id": uuid}, ("parent_group_id",), more=True),
    more=True,
)
FLOATING_IP = or_null(fields({"pool": or_null(text())}, more=True))
VOLUME = under(
    "volume",
    fields(
        {
            "volume_type": text(),
            "metadata": fields({}, more=True),
            "snapshot_id": text(),
            "size": integer(1),
            "availability_zone": text(),
            "display_name": text(),
            "display_description": text(),
        },
        ("size",),
    ),
)
SNAPSHOT = under(
    "snapshot",
    fields(
        {
            "volume_id": text(),
            "force": _TRUTH,
            "display_name": text(),
            "display_description": text(),
        },
        ("volume_id",),
    ),
)

_GROUP_NAME = fields({"name": text(1)}, ("name",))
# Of the actions on a server, those that the gateway does itself.
SERVER_ACTIONS = {
    "addSecurityGroup": under("addSecurityGroup", _GROUP_NAME, more=True),
    "removeSecurityGroup": under("removeSecurityGroup", _GROUP_NAME, more=True),
    "addFixedIp": under(
        "addFixedIp", fields({"networkId": either(number, text(1, 36))}, ("networkId",))
    ),
    "removeFixedIp": under("removeFixedIp", fields({"address": _ADDRESS}, ("address",))),
    "addFloatingIp": under(
        "addFloatingIp", fields({"address": _ADDRESS, "fixed_address": _ADDRESS}, ("address",))
    ),
    "removeFloatingIp": under("removeFloatingIp", fields({"address": _ADDRESS}, ("address",))),
}

_MAPPED = {
    "virtual_name": text(most=255),
    "volume_id": uuid,
    "snapshot_id": uuid,
    "volume_size": _SIZE,
    "device_name": text(1, 255, r"^[a-zA-Z0-9._/-]*$"),
    "delete_on_termination": _TRUTH,
    "no_device": anything,
    "connection_info": text(most=16777215),
}
_SOURCES = ("volume", "image", "snapshot", "blank")
_DISK = _MAPPED | {
    "source_type": one_of(*_SOURCES),
    "uuid": text(1, 255, r"^[a-zA-Z0-9._-]*$"),
    "image_id": uuid,
    "destination_type": one_of("local", "volume"),
    "guest_format": text(most=255),
    "device_type": text(most=255),
    "disk_bus": text(most=255),
    "boot_index": or_null(integer(signed=True)),
}
# Nova leaves it to quotas and hypervisors, which take fewer.
_MOST_DEVICES = 256
_IDS = either(uuid, items(uuid))
_HINTS = fields(
    {
        "group": uuid,
        "different_host": _IDS,
        "same_host": either(text(), items(uuid)),
        "query": either(text(), fields({}, more=True)),
        "target_cell": _NAME,
        "different_cell": either(text(), items(text())),
        "build_near_host_ip": _ADDRESS,
        "cidr": text(pattern="^/[0-9a-f.:]+$"),
    },
    more=True,
)


@cache
def server(version: Version) -> Judge:
    """``POST /servers``: whatever a version may say, judged before anything is made for it."""
    nic = {
        "fixed_ip": _ADDRESS,
        "port": or_null(uuid),
        "uuid": uuid if version >= (2, 37) else text(),
    }
    disk = dict(_DISK)
    if (2, 32) <= version <= (2, 36) or version >= (2, 42):
        nic["tag"] = _TAG
    if version == (2, 32) or version >= (2, 42):
        disk["tag"] = _TAG
    if version >= (2, 67):
        disk["volume_type"] = or_null(text(most=255))
    nics = items(fields(nic), most=_MOST_DEVICES)
    known: dict[str, Judge] = {
        "name": _NAME,
        "imageRef": either(uuid, one_of("")),
        "flavorRef": either(integer(), text(1)),
        "adminPass": text(),
        "metadata": METADATA,
        "networks": either(nics, one_of("none", "auto")) if version >= (2, 37) else nics,
        "OS-DCF:diskConfig": one_of("AUTO", "MANUAL"),
        "accessIPv4": address(4),
        "accessIPv6": address(6),
        "availability_zone": _NAME,
        "block_device_mapping": items(fields(_MAPPED), most=_MOST_DEVICES),
        "block_device_mapping_v2": items(fields(disk), most=_MOST_DEVICES),
        "config_drive": _TRUTH,
        "key_name": _NAME,
        "min_count": _COUNT,
        "max_count": _COUNT,
        "return_reservation_id": _TRUTH,
        "security_groups": items(fields({"name": _NAME}), most=_MOST_DEVICES),
        "user_data": both(text(most=65535), encoded),
    } | _later(version)
    if version <= (2, 56):
        file = fields({"path": text(), "contents": encoded})
        known["personality"] = items(file, most=_MOST_DEVICES)
    hints = {name: _HINTS for name in ("os:scheduler_hints", "OS-SCH-HNT:scheduler_hints")}
    required = ("name", "flavorRef", "networks") if version >= (2, 37) else ("name", "flavorRef")
    return fields({"server": fields(known, required), **hints}, ("server",))


def _later(version: Version) -> dict[str, Judge]:
    tags = items(_TAG, 0, 50)
    images = or_null(items(text(1), 1, 50, unique=True))
    later: tuple[tuple[Version, str, Judge], ...] = (
        ((2, 19), "description", or_null(printable())),
        ((2, 52), "tags", tags),
        ((2, 63), "trusted_image_certificates", images),
        ((2, 74), "host", _HOST),
        ((2, 74), "hypervisor_hostname", _HOST),
        ((2, 90), "hostname", _hostname(version)),
    )
    return {name: judge for first, name, judge in later if version >= first}


def _hostname(version: Version) -> Judge:
    if version >= (2, 94):
        return _HOST
    return text(2, 63, r"^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$")
