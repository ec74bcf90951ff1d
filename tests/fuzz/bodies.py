"""Bodies that would be right, by what they are for; ``<noun>`` stands for an id of it."""

from __future__ import annotations

from typing import Any

from models.resources.network import NETWORK
from tests.fuzz.values import Values

_SERVER = {
    "name": "fuzzed",
    "imageRef": "<images>",
    "flavorRef": "<flavors>",
    "networks": [{"uuid": "<networks>"}],
    "availability_zone": "az1",
    "metadata": {"key": "value"},
    "security_groups": [{"name": "default"}],
    "key_name": "<keypairs>",
    "user_data": "aGVsbG8=",
    "config_drive": True,
    "min_count": 1,
    "max_count": 2,
    "return_reservation_id": False,
    "description": "words",
    "tags": ["blue"],
    "personality": [{"path": "/x", "contents": "aGVsbG8="}],
    "block_device_mapping_v2": [
        {
            "boot_index": 0,
            "uuid": "<volumes>",
            "source_type": "volume",
            "destination_type": "volume",
        }
    ],
    "host": "compute-1",
    "hostname": "fuzzed",
    "accessIPv4": "10.0.0.1",
}
_VOLUME = {
    "size": 1,
    "name": "fuzzed",
    "description": "words",
    "availability_zone": "az1",
    "metadata": {"key": "value"},
    "volume_type": "<volume_types>",
    "snapshot_id": "<snapshots>",
    "source_volid": "<volumes>",
    "imageRef": "<images>",
    "multiattach": False,
}
_MANAGED = {
    "host": "pod1-storage1@file#file",
    "ref": {"source-name": "volume-x"},
    "name": "fuzzed",
    "volume_type": "<volume_types>",
    "availability_zone": "az1",
    "bootable": False,
    "metadata": {"key": "value"},
}
_FLAVOR = {"name": "f", "ram": 64, "vcpus": 1, "disk": 1, "id": "auto", "swap": 0}
_ACTIONS = (
    {"reboot": {"type": "SOFT"}}, {"os-stop": None}, {"os-start": None}, {"pause": None},
    {"createImage": {"name": "i", "metadata": {}}}, {"rebuild": {"imageRef": "<images>"}},
    {"resize": {"flavorRef": "<flavors>"}}, {"confirmResize": None}, {"revertResize": None},
    {"changePassword": {"adminPass": "x"}}, {"addSecurityGroup": {"name": "default"}},
    {"removeSecurityGroup": {"name": "default"}}, {"os-getConsoleOutput": {"length": 5}},
    {"os-migrateLive": {"host": None, "block_migration": "auto"}}, {"lock": None},
    {"unlock": None},
    {"rescue": {"adminPass": "x"}}, {"unrescue": None}, {"shelve": None}, {"unshelve": None},
    {"createBackup": {"name": "b", "backup_type": "daily", "rotation": 1}}, {"forceDelete": None},
    {"os-resetState": {"state": "active"}}, {"addFixedIp": {"networkId": "<networks>"}},
    {"evacuate": {"host": "x"}}, {"migrate": None}, {"suspend": None}, {"resume": None},
    {"os-extend": {"new_size": 2}}, {"os-set_bootable": {"bootable": True}}, {"os-reserve": None},
    {"os-attach": {"instance_uuid": "<servers>", "mountpoint": "/dev/vdb"}}, {"os-detach": {}},
    {"os-update_readonly_flag": {"readonly": True}}, {"os-retype": {"new_type": "<volume_types>"}},
    {"os-reset_status": {"status": "available"}}, {"os-force_delete": None},
    {"os-volume_upload_image": {"image_name": "i"}}, {"revert": {"snapshot_id": "<snapshots>"}},
    {"os-set_image_metadata": {"metadata": {"a": "b"}}}, {"os-show_image_metadata": None},
    {"addTenantAccess": {"tenant": "x"}}, {"removeTenantAccess": {"tenant": "x"}},
    {"set_metadata": {"metadata": {"a": "b"}}}, {"add_host": {"host": "pod3-compute1"}},
    {"remove_host": {"host": "pod3-compute1"}}, {"addProjectAccess": {"project": "x"}},
    {"os-unmanage": {}}, {"removeFixedIp": {"address": "10.0.0.5"}},
)  # fmt: skip
# By the last literal segment of the path.
_BODIES: dict[str, dict[str, Any]] = {
    "servers": {"server": _SERVER, "os:scheduler_hints": {"group": "<server_groups>"}},
    "volumes": {"volume": _VOLUME},
    "flavors": {"flavor": _FLAVOR},
    "os-extra_specs": {"extra_specs": {"hw:cpu_policy": "shared"}},
    "os-keypairs": {"keypair": {"name": "k", "public_key": "ssh-rsa AAAA", "type": "ssh"}},
    "os-aggregates": {"aggregate": {"name": "a", "availability_zone": "az1"}},
    "os-server-groups": {"server_group": {"name": "g", "policies": ["affinity"]}},
    "os-quota-sets": {"quota_set": {"instances": 10, "cores": 20, "volumes": 10, "force": True}},
    "os-quota-class-sets": {"quota_class_set": {"instances": 10}},
    "os-services": {"binary": "nova-compute", "host": "compute-1", "status": "enabled"},
    "os-server-external-events": {
        "events": [{"name": "network-changed", "server_uuid": "<servers>", "status": "completed"}]
    },
    "metadata": {"metadata": {"key": "value"}},
    "tags": {"tags": ["blue", "green"]},
    "os-interface": {"interfaceAttachment": {"net_id": "<networks>", "port_id": "<ports>"}},
    "os-volume_attachments": {"volumeAttachment": {"volumeId": "<volumes>", "device": "/dev/vdb"}},
    "remote-consoles": {"remote_console": {"protocol": "vnc", "type": "novnc"}},
    "snapshots": {"snapshot": {"volume_id": "<volumes>", "name": "s", "force": True}},
    "os-volumes": {"volume": {"size": 1, "display_name": "v", "volume_type": "<volume_types>"}},
    "os-snapshots": {"snapshot": {"volume_id": "<volumes>", "force": True}},
    "os-volume-manage": {"volume": _MANAGED},
    "manageable_volumes": {"volume": _MANAGED},
    "os-snapshot-manage": {"snapshot": {"ref": {"source-name": "s"}, "volume_id": "<volumes>"}},
    "manageable_snapshots": {"snapshot": {"ref": {"source-name": "s"}, "volume_id": "<volumes>"}},
    "os-volumes_boot": {"server": _SERVER},
    "os-floating-ips": {"pool": "<networks>"},
    "os-security-groups": {"security_group": {"name": "g", "description": "words"}},
    "os-security-group-rules": {
        "security_group_rule": {
            "parent_group_id": "<security_groups>",
            "group_id": "<security_groups>",
            "ip_protocol": "tcp",
            "from_port": 22,
            "to_port": 23,
            "cidr": "10.0.0.0/8",
        }
    },
    "cleanup": {"is_up": True, "resource_type": "volume", "resource_id": "<volumes>"},
    "clusters": {"name": "none"},
    "os-hosts": {"status": "enable"},
    "backups": {"backup": {"volume_id": "<volumes>", "name": "b"}},
    "restore": {"restore": {"volume_id": "<volumes>"}},
    "os-volume-transfer": {"transfer": {"volume_id": "<volumes>", "name": "t"}},
    "volume-transfers": {"transfer": {"volume_id": "<volumes>", "name": "t"}},
    "accept": {"accept": {"auth_key": "x"}},
    "attachments": {"attachment": {"volume_uuid": "<volumes>", "instance_uuid": "<servers>"}},
    "types": {"volume_type": {"name": "t", "extra_specs": {"a": "b"}}},
    "extra_specs": {"extra_specs": {"a": "b"}},
    "encryption": {"encryption": {"provider": "luks", "control_location": "front-end"}},
    "qos-specs": {"qos_specs": {"name": "q", "consumer": "back-end"}},
    "groups": {"group": {"name": "g", "group_type": "x", "volume_types": ["<volume_types>"]}},
    "images": {"name": "i", "disk_format": "raw", "container_format": "bare"},
    "members": {"member": "x"},
    "quotas": {"quota": {"network": 10, "port": -1}},
    "pods": {"pod": {"pod_name": "Nowhere", "az_name": "az9"}},
    "bindings": {"pod_binding": {"tenant_id": "x", "pod_id": "<pods>"}},
    "routings": {"routing": {"resource_type": "server", "pod_id": "<pods>", "bottom_id": "x"}},
    "add_router_interface": {"subnet_id": "<subnets>"},
    "remove_router_interface": {"subnet_id": "<subnets>", "port_id": "<ports>"},
    "add_extraroutes": {
        "router": {"routes": [{"destination": "1.0.0.0/8", "nexthop": "10.0.0.5"}]}
    },
}
# By the kind of an attribute.
_OF_KINDS: dict[str, Any] = {
    "name": "fuzzed", "description": "words", "text": "words", "text_or_none": None, "bool": True,
    "text_list": ["az1"], "uuid_list": ["<security_groups>"], "ip_list": ["8.8.8.8"],
    "uuid": "<networks>", "uuid_or_none": "<ports>", "ip_version": 4, "cidr": "10.7.0.0/24",
    "ip_or_none": "10.7.0.1", "pools": [{"start": "10.7.0.10", "end": "10.7.0.20"}],
    "routes": [{"destination": "10.8.0.0/24", "nexthop": "10.7.0.9"}], "ipv6_mode": "slaac",
    "mac": "fa:16:3e:00:00:77", "mtu": 1400, "int_or_none": 22, "dict": {}, "vnic": "normal",
    "fixed_ips": [{"subnet_id": "<subnets>", "ip_address": "10.7.0.33"}], "protocol": "tcp",
    "pairs": [{"ip_address": "10.7.0.44"}], "direction": "ingress", "ethertype": "IPv4",
    "dhcp_opts": [{"opt_name": "mtu", "opt_value": "1400"}], "cidr_or_none": "10.0.0.0/8",
    "gateway_info": {"network_id": "<networks>", "enable_snat": True}, "tags": ["blue"],
}  # fmt: skip
_NOUNS = {"network_id": "<networks>", "floating_network_id": "<networks>", "port_id": "<ports>",
          "subnet_id": "<subnets>", "security_group_id": "<security_groups>",
          "remote_group_id": "<security_groups>"}  # fmt: skip


def _network() -> dict[str, dict[str, Any]]:
    found = {}
    for kind in NETWORK:
        sample = {
            a.name: _NOUNS.get(a.name, _OF_KINDS.get(a.kind, "words"))
            for a in kind.attributes
            if a.post or a.put
        }
        found[kind.path.strip("/")] = {kind.member: sample}
    return found


_SAMPLES = _BODIES | _network()


def body(values: Values, path: str) -> Any:
    """A body for the path: about right, or anything."""
    literal = [part for part in path.split("/") if part and "{" not in part]
    last = literal[-1] if literal else ""
    if last == "action":
        return values.like(values.one(_ACTIONS))
    sample = _SAMPLES.get(last)
    if sample is None or values.chance(0.05):
        return values.anything()
    made = values.like(sample)
    if isinstance(made, dict) and values.chance(0.6):
        # Few clients give every field: what is left out lets the rest be looked at.
        for inner in made.values():
            if isinstance(inner, dict) and len(inner) > 3:
                for key in values.random.sample(sorted(inner), len(inner) // 2):
                    del inner[key]
    return made
