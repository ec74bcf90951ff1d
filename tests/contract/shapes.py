"""The shape of a body: its keys and the JSON types below them, and the values that are fixed."""

from __future__ import annotations

from typing import Any

# Objects whose keys are data: only that they are objects is compared.
FREE = {
    "addresses",
    "metadata",
    "extra_specs",
    "binding:profile",
    "binding:vif_details",
    "hosts",
    "links",
    "properties",
    "resource_request",
    "scheduler_hints",
    "configurations",
    "rules",
}

# Words and switches a client acts on: these values are compared, not only their types.
FIXED = {
    "admin_state_up",
    "binding:vif_type",
    "binding:vnic_type",
    "bootable",
    "device_owner",
    "direction",
    "enable_dhcp",
    "enable_snat",
    "encrypted",
    "ethertype",
    "ip_version",
    "locked",
    "mtu",
    "multiattach",
    "os-flavor-access:is_public",
    "OS-DCF:diskConfig",
    "OS-EXT-STS:vm_state",
    "port_security_enabled",
    "provider:network_type",
    "provider:physical_network",
    "router:external",
    "shared",
    "stateful",
    "status",
    "swap",
    "type",
    "visibility",
}


# Items of one list differ in it: whatever their order.
SEVERAL = "several values"


def shape(value: Any, key: str = "") -> Any:
    """Objects by key, lists by what all their items have together, the rest by type."""
    if isinstance(value, dict):
        if key in FREE:
            return "object"
        return {name: shape(item, name) for name, item in sorted(value.items())}
    if isinstance(value, list):
        if key in FREE:
            return "list"
        merged: Any = None
        for item in value:
            merged = _merge(merged, shape(item))
        return [] if merged is None else [merged]
    if value is None:
        return None
    if key in FIXED and not isinstance(value, dict):
        return f"= {value}"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "string"


def differences(real: Any, simulated: Any, path: str = "") -> list[str]:
    """Where two shapes differ; null and the empty list fit everything of their kind."""
    if real is None or simulated is None or SEVERAL in (real, simulated):
        return []
    if isinstance(real, dict) and isinstance(simulated, dict):
        found = [f"{path}/{key} only in the real answer" for key in real.keys() - simulated.keys()]
        found += [f"{path}/{key} only simulated" for key in simulated.keys() - real.keys()]
        for key in real.keys() & simulated.keys():
            found += differences(real[key], simulated[key], f"{path}/{key}")
        return sorted(found)
    if isinstance(real, list) and isinstance(simulated, list):
        if not real or not simulated:
            return []
        return differences(real[0], simulated[0], f"{path}[]")
    return [] if real == simulated else [f"{path}: {real} is real, {simulated} is simulated"]


def _merge(left: Any, right: Any) -> Any:
    if left is None:
        return right
    if isinstance(left, dict) and isinstance(right, dict):
        return {key: _merge(left.get(key), right.get(key)) for key in {**left, **right}}
    if right is not None and left != right and (left == SEVERAL or _fixed(left)):
        return SEVERAL
    return left if right is None else right


def _fixed(shown: Any) -> bool:
    return isinstance(shown, str) and shown.startswith("= ")
