"""The requests whose bodies the gateway reads, each with a good body and who reads it in a pod.

What is passed on as it is, is the pod's to judge, and not here.

``<noun>`` in paths and bodies is an id of the world that they are played in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_NOVA = "nova.api.openstack.compute."
_CINDER = "cinder.api."


@dataclass(frozen=True)
class Request:
    """One request. ``reader`` is the controller's method of a pod; empty: an attribute map."""

    api: str
    method: str
    path: str
    body: Json
    reader: str = ""
    version: str = ""
    user: str = "admin"
    member: str = ""

    @property
    def name(self) -> str:
        """What differences are told under."""
        action = f" {next(iter(self.body))}" if self.path.endswith("/action") else ""
        at = f" {self.version}" if self.version else ""
        return f"{self.api} {self.method} {self.path}{action}{at}"


def _nova(method: str, path: str, reader: str, body: Json, *versions: str, user: str = "admin"
          ) -> list[Request]:  # fmt: skip
    return [
        Request("compute", method, path, body, _NOVA + reader, version, user)
        for version in versions or ("2.1", "2.100")
    ]


def _cinder(method: str, path: str, reader: str, body: Json, *versions: str, user: str = "admin"
            ) -> list[Request]:  # fmt: skip
    return [
        Request("volume", method, path, body, _CINDER + reader, version, user)
        for version in versions or ("3.0", "3.71")
    ]


_NIC = {"uuid": "<net>", "fixed_ip": "10.9.0.77"}
_DISK = {
    "uuid": "<image>", "source_type": "image", "destination_type": "volume", "boot_index": 0,
    "volume_size": 1, "delete_on_termination": True, "device_name": "vda", "device_type": "disk",
    "disk_bus": "virtio", "guest_format": "ext4", "no_device": False,
}  # fmt: skip
_SERVER = {
    "name": "x",
    "imageRef": "<image>",
    "flavorRef": "<flavor>",
    "networks": [_NIC],
    "metadata": {"x": "y"},
    "security_groups": [{"name": "default"}],
    "key_name": "known",
    "user_data": "aGVsbG8=",
    "config_drive": True,
    "availability_zone": "az1",
    "min_count": 1,
    "max_count": 1,
    "return_reservation_id": False,
    "adminPass": "secret",
    "accessIPv4": "10.9.0.5",
    "OS-DCF:diskConfig": "AUTO",
}
_LATER = {"description": "x", "tags": ["x"], "hostname": "x"}
_RULE = {
    "parent_group_id": "<group>", "ip_protocol": "tcp", "from_port": 22, "to_port": 23,
    "cidr": "10.0.0.0/8",
}  # fmt: skip
_LIMITS = {
    name: 10 for name in ("instances", "cores", "ram", "key_pairs", "server_groups")
}  # fmt: skip
_FLAVOR = {
    "name": "f", "ram": 64, "vcpus": 1, "disk": 1, "id": "f", "swap": 0, "rxtx_factor": 1.0,
    "OS-FLV-EXT-DATA:ephemeral": 0, "os-flavor-access:is_public": True,
}  # fmt: skip
_ACTION = "/servers/<server>/action"
_AGGREGATE = "/os-aggregates/<aggregate>"

COMPUTE = [
    *_nova("POST", "/servers", "servers:ServersController.create",
           {"server": _SERVER, "os:scheduler_hints": {"group": "<server_group>"}}, "2.1",
           user="tenant"),
    *_nova("POST", "/servers", "servers:ServersController.create",
           {"server": {**_SERVER, **_LATER}, "os:scheduler_hints": {"group": "<server_group>"}},
           "2.100", user="tenant"),
    *_nova("POST", "/servers", "servers:ServersController.create",
           {"server": {"name": "x", "flavorRef": "<flavor>", "networks": "none",
                       "block_device_mapping_v2": [_DISK], "host": "nowhere",
                       "hypervisor_hostname": "nowhere"}}, "2.100"),
    *_nova("PUT", "/servers/<server>", "servers:ServersController.update",
           {"server": {"name": "x", "accessIPv4": "10.9.0.5"}}, user="tenant"),
    *_nova("POST", "/os-keypairs", "keypairs:KeypairController.create",
           {"keypair": {"name": "k", "public_key": "<public_key>"}}, "2.1", user="tenant"),
    *_nova("POST", "/os-keypairs", "keypairs:KeypairController.create",
           {"keypair": {"name": "k", "type": "ssh", "public_key": "<public_key>"}}, "2.9",
           user="tenant"),
    *_nova("POST", "/os-keypairs", "keypairs:KeypairController.create",
           {"keypair": {"name": "k", "type": "ssh", "user_id": "<user>",
                        "public_key": "<public_key>"}}, "2.10", "2.100"),
    *_nova("POST", "/flavors", "flavors:FlavorsController.create", {"flavor": _FLAVOR}, "2.1"),
    *_nova("POST", "/flavors", "flavors:FlavorsController.create",
           {"flavor": {**_FLAVOR, "description": "x"}}, "2.100"),
    *_nova("PUT", "/flavors/<flavor>", "flavors:FlavorsController.update",
           {"flavor": {"description": "x"}}, "2.100"),
    *_nova("POST", "/flavors/<flavor>/os-extra_specs",
           "flavors_extraspecs:FlavorExtraSpecsController.create",
           {"extra_specs": {"x": "y"}}, "2.1"),
    *_nova("PUT", "/flavors/<flavor>/os-extra_specs/x",
           "flavors_extraspecs:FlavorExtraSpecsController.update", {"x": "y"}, "2.1"),
    *_nova("POST", "/flavors/<private_flavor>/action",
           "flavor_access:FlavorActionController._add_tenant_access",
           {"addTenantAccess": {"tenant": "<project>"}}),
    *_nova("POST", "/flavors/<private_flavor>/action",
           "flavor_access:FlavorActionController._remove_tenant_access",
           {"removeTenantAccess": {"tenant": "<project>"}}),
    *_nova("POST", "/os-aggregates", "aggregates:AggregateController.create",
           {"aggregate": {"name": "a", "availability_zone": "az7"}}),
    *_nova("PUT", _AGGREGATE, "aggregates:AggregateController.update",
           {"aggregate": {"name": "a", "availability_zone": "az7"}}),
    *_nova("POST", f"{_AGGREGATE}/action", "aggregates:AggregateController._add_host",
           {"add_host": {"host": "nowhere"}}, "2.1"),
    *_nova("POST", f"{_AGGREGATE}/action", "aggregates:AggregateController._remove_host",
           {"remove_host": {"host": "nowhere"}}, "2.1"),
    *_nova("POST", f"{_AGGREGATE}/action", "aggregates:AggregateController._set_metadata",
           {"set_metadata": {"metadata": {"x": "y"}}}, "2.1"),
    *_nova("POST", f"{_AGGREGATE}/images", "aggregates:AggregateController.images",
           {"cache": [{"id": "<image>"}]}, "2.100"),
    *_nova("POST", "/os-server-groups", "server_groups:ServerGroupController.create",
           {"server_group": {"name": "g", "policies": ["affinity"]}}, "2.1", "2.15",
           user="tenant"),
    *_nova("POST", "/os-server-groups", "server_groups:ServerGroupController.create",
           {"server_group": {"name": "g", "policy": "anti-affinity",
                             "rules": {"max_server_per_host": 2}}}, "2.100", user="tenant"),
    *_nova("PUT", "/os-quota-sets/<other_project>", "quota_sets:QuotaSetsController.update",
           {"quota_set": {**_LIMITS, "floating_ips": 10, "networks": 10, "force": True}}, "2.1"),
    *_nova("PUT", "/os-quota-sets/<other_project>", "quota_sets:QuotaSetsController.update",
           {"quota_set": {**_LIMITS, "force": True}}, "2.36", "2.100"),
    *_nova("PUT", "/os-quota-class-sets/default",
           "quota_classes:QuotaClassSetsController.update",
           {"quota_class_set": {**_LIMITS, "floating_ips": 10}}, "2.1"),
    *_nova("PUT", "/os-quota-class-sets/default",
           "quota_classes:QuotaClassSetsController.update",
           {"quota_class_set": _LIMITS}, "2.50", "2.100"),
    *_nova("POST", "/servers/<server>/os-interface",
           "attach_interfaces:InterfaceAttachmentController.create",
           {"interfaceAttachment": {"net_id": "<net>", "fixed_ips": [{"ip_address": "10.9.1.1"}]}},
           user="tenant"),
    *_nova("POST", "/servers/<server>/os-volume_attachments",
           "volumes:VolumeAttachmentController.create",
           {"volumeAttachment": {"volumeId": "<used_volume>", "device": "/dev/vdz"}}, "2.1",
           user="tenant"),
    *_nova("POST", "/servers/<server>/os-volume_attachments",
           "volumes:VolumeAttachmentController.create",
           {"volumeAttachment": {"volumeId": "<used_volume>", "device": "/dev/vdz", "tag": "x",
                                 "delete_on_termination": True}}, "2.100", user="tenant"),
    *_nova("PUT", "/servers/<server>/os-volume_attachments/<used_volume>",
           "volumes:VolumeAttachmentController.update",
           {"volumeAttachment": {"volumeId": "<volume>"}}, "2.1"),
    *_nova("PUT", "/servers/<server>/os-volume_attachments/<used_volume>",
           "volumes:VolumeAttachmentController.update",
           {"volumeAttachment": {"volumeId": "<used_volume>", "delete_on_termination": True}},
           "2.100"),
    *_nova("PUT", "/os-services/disable", "services:ServiceController.update",
           {"host": "nowhere", "binary": "nova-compute"}, "2.1"),
    *_nova("PUT", "/os-services/disable-log-reason", "services:ServiceController.update",
           {"host": "nowhere", "binary": "nova-compute", "disabled_reason": "x"}, "2.1"),
    *_nova("PUT", "/os-services/force-down", "services:ServiceController.update",
           {"host": "nowhere", "binary": "nova-compute", "forced_down": True}, "2.11"),
    *_nova("PUT", "/os-services/<service>", "services:ServiceController.update",
           {"status": "enabled", "forced_down": False}, "2.100"),
    *_nova("PUT", "/os-hosts/nowhere", "hosts:HostController.update", {"status": "enable"},
           "2.1"),
    *_nova("POST", "/os-server-external-events",
           "server_external_events:ServerExternalEventsController.create",
           {"events": [{"name": "network-changed", "server_uuid": "<server>", "tag": "x",
                        "status": "completed"}]}),
    *_nova("POST", "/os-security-groups", "security_groups:SecurityGroupController.create",
           {"security_group": {"name": "g", "description": "x"}}, "2.1", user="tenant"),
    *_nova("PUT", "/os-security-groups/<group>", "security_groups:SecurityGroupController.update",
           {"security_group": {"name": "g", "description": "x"}}, "2.1", user="tenant"),
    *_nova("POST", "/os-security-group-rules",
           "security_groups:SecurityGroupRulesController.create",
           {"security_group_rule": _RULE}, "2.1", user="tenant"),
    *_nova("POST", "/os-floating-ips", "floating_ips:FloatingIPController.create",
           {"pool": "nowhere"}, "2.1", user="tenant"),
    *_nova("POST", "/os-volumes", "volumes:VolumeController.create",
           {"volume": {"size": 1, "display_name": "x", "display_description": "x",
                       "metadata": {"x": "y"}, "availability_zone": "az1"}}, "2.1",
           user="tenant"),
    *_nova("POST", "/os-snapshots", "volumes:SnapshotController.create",
           {"snapshot": {"volume_id": "<volume>", "force": True, "display_name": "x",
                         "display_description": "x"}}, "2.1", user="tenant"),
    *_nova("POST", _ACTION, "security_groups:SecurityGroupActionController._addSecurityGroup",
           {"addSecurityGroup": {"name": "default"}}, user="tenant"),
    *_nova("POST", _ACTION, "security_groups:SecurityGroupActionController._removeSecurityGroup",
           {"removeSecurityGroup": {"name": "nowhere"}}, user="tenant"),
    *_nova("POST", _ACTION, "multinic:MultinicController._add_fixed_ip",
           {"addFixedIp": {"networkId": "<net>"}}, "2.1", user="tenant"),
    *_nova("POST", _ACTION, "multinic:MultinicController._remove_fixed_ip",
           {"removeFixedIp": {"address": "10.9.3.3"}}, "2.1", user="tenant"),
    *_nova("POST", _ACTION, "floating_ips:FloatingIPActionController._add_floating_ip",
           {"addFloatingIp": {"address": "10.9.3.3", "fixed_address": "10.9.3.4"}}, "2.1",
           user="tenant"),
    *_nova("POST", _ACTION, "floating_ips:FloatingIPActionController._remove_floating_ip",
           {"removeFloatingIp": {"address": "10.9.3.3"}}, "2.1", user="tenant"),
]  # fmt: skip

_VOLUME = {
    "size": 1, "name": "x", "description": "x", "availability_zone": "az1", "metadata": {"x": "y"},
    "volume_type": "<type>", "snapshot_id": None, "source_volid": None, "imageRef": None,
    "consistencygroup_id": None, "multiattach": False,
}  # fmt: skip
_MANAGED = {
    "host": "nowhere", "ref": {"source-name": "x"}, "name": "x", "description": "x",
    "volume_type": "<type>", "availability_zone": "az1", "bootable": False, "metadata": {"x": "y"},
}  # fmt: skip
_TAKEN = {
    "volume_id": "<volume>", "ref": {"source-name": "x"}, "name": "x", "description": "x",
    "metadata": {"x": "y"},
}  # fmt: skip
_BACKUP = {
    "volume_id": "<volume>", "name": "x", "description": "x", "container": "x", "force": True,
    "incremental": False, "snapshot_id": None,
}  # fmt: skip
_ENCRYPTION = {
    "provider": "luks", "control_location": "front-end", "cipher": "aes-xts-plain64",
    "key_size": 256,
}  # fmt: skip
_GROUP = {
    "name": "g", "description": "x", "group_type": "<group_type>", "volume_types": ["<type>"],
    "availability_zone": "az1",
}  # fmt: skip
_SNAPSHOT = {"volume_id": "<volume>", "name": "x", "description": "x", "force": True,
             "metadata": {"x": "y"}}  # fmt: skip
_OF_VOLUME = "/volumes/<volume>/action"
_ACTIONS = "contrib.volume_actions:VolumeActionsController."

VOLUME = [
    *_cinder("POST", "/volumes", "v3.volumes:VolumeController.create", {"volume": _VOLUME}, "3.0",
             user="tenant"),
    *_cinder("POST", "/volumes", "v3.volumes:VolumeController.create",
             {"volume": {**_VOLUME, "group_id": None, "backup_id": None}}, "3.71", user="tenant"),
    *_cinder("POST", "/snapshots", "v3.snapshots:SnapshotsController.create",
             {"snapshot": _SNAPSHOT}, "3.0", "3.71", user="tenant"),
    *_cinder("POST", "/types", "contrib.types_manage:VolumeTypesManageController._create",
             {"volume_type": {"name": "t", "description": "x", "extra_specs": {"x": "y"},
                              "os-volume-type-access:is_public": True}}),
    *_cinder("PUT", "/types/<type>", "contrib.types_manage:VolumeTypesManageController._update",
             {"volume_type": {"name": "t", "description": "x", "is_public": True}}),
    *_cinder("POST", "/types/<type>/extra_specs",
             "contrib.types_extra_specs:VolumeTypeExtraSpecsController.create",
             {"extra_specs": {"x": "y"}}, "3.0"),
    *_cinder("PUT", "/types/<type>/extra_specs/x",
             "contrib.types_extra_specs:VolumeTypeExtraSpecsController.update", {"x": "y"},
             "3.0"),
    *_cinder("POST", "/types/<private_type>/action",
             "contrib.volume_type_access:VolumeTypeActionController._addProjectAccess",
             {"addProjectAccess": {"project": "<project>"}}, "3.0"),
    *_cinder("POST", "/types/<private_type>/action",
             "contrib.volume_type_access:VolumeTypeActionController._removeProjectAccess",
             {"removeProjectAccess": {"project": "<project>"}}, "3.0"),
    *_cinder("POST", "/types/<private_type>/encryption",
             "contrib.volume_type_encryption:VolumeTypeEncryptionController.create",
             {"encryption": _ENCRYPTION}, "3.0"),
    *_cinder("PUT", "/types/<encrypted_type>/encryption/<encryption>",
             "contrib.volume_type_encryption:VolumeTypeEncryptionController.update",
             {"encryption": _ENCRYPTION}, "3.0"),
    *_cinder("POST", "/qos-specs", "contrib.qos_specs_manage:QoSSpecsController.create",
             {"qos_specs": {"name": "q", "consumer": "back-end", "x": "y"}}, "3.0"),
    *_cinder("PUT", "/qos-specs/<qos>", "contrib.qos_specs_manage:QoSSpecsController.update",
             {"qos_specs": {"consumer": "back-end", "x": "y"}}, "3.0"),
    *_cinder("PUT", "/qos-specs/<qos>/delete_keys",
             "contrib.qos_specs_manage:QoSSpecsController.delete_keys", {"keys": ["x"]}, "3.0"),
    *_cinder("POST", "/group_types", "v3.group_types:GroupTypesController.create",
             {"group_type": {"name": "t", "description": "x", "is_public": True,
                             "group_specs": {"x": "y"}}}, "3.71"),
    *_cinder("PUT", "/group_types/<group_type>", "v3.group_types:GroupTypesController.update",
             {"group_type": {"name": "t", "description": "x", "is_public": True}}, "3.71"),
    *_cinder("POST", "/group_types/<group_type>/group_specs",
             "v3.group_specs:GroupTypeSpecsController.create", {"group_specs": {"x": "y"}},
             "3.71"),
    *_cinder("PUT", "/group_types/<group_type>/group_specs/x",
             "v3.group_specs:GroupTypeSpecsController.update", {"x": "y"}, "3.71"),
    *_cinder("PUT", "/os-quota-sets/<other_project>",
             "contrib.quotas:QuotaSetsController.update",
             {"quota_set": {"volumes": 10, "gigabytes": 10, "snapshots": 10}}, "3.0"),
    *_cinder("PUT", "/os-quota-class-sets/default",
             "contrib.quota_classes:QuotaClassSetsController.update",
             {"quota_class_set": {"volumes": 10, "gigabytes": 10, "snapshots": 10}}, "3.0"),
    *_cinder("PUT", "/default-types/<other_project>",
             "v3.default_types:DefaultTypesController.create_update",
             {"default_type": {"volume_type": "<type>"}}, "3.71"),
    *_cinder("POST", "/groups", "v3.groups:GroupsController.create", {"group": _GROUP}, "3.71",
             user="tenant"),
    *_cinder("POST", "/groups/action", "v3.groups:GroupsController.create_from_src",
             {"create-from-src": {"name": "x", "description": "x", "source_group_id": "<vgroup>"}},
             "3.71", user="tenant"),
    *_cinder("PUT", "/groups/<vgroup>", "v3.groups:GroupsController.update",
             {"group": {"name": "g", "description": "x", "add_volumes": None,
                        "remove_volumes": None}}, "3.71", user="tenant"),
    *_cinder("POST", "/group_snapshots", "v3.group_snapshots:GroupSnapshotsController.create",
             {"group_snapshot": {"group_id": "<vgroup>", "name": "x", "description": "x"}},
             "3.71", user="tenant"),
    *_cinder("POST", "/backups", "v3.backups:BackupsController.create", {"backup": _BACKUP},
             "3.0", user="tenant"),
    *_cinder("POST", "/backups", "v3.backups:BackupsController.create",
             {"backup": {**_BACKUP, "metadata": {"x": "y"}, "availability_zone": "az1"}}, "3.71",
             user="tenant"),
    *_cinder("POST", "/backups/<backup>/restore", "v3.backups:BackupsController.restore",
             {"restore": {"name": "x", "volume_id": "<volume>"}}, "3.0", user="tenant"),
    *_cinder("POST", "/backups/import_record", "v3.backups:BackupsController.import_record",
             {"backup-record": {"backup_service": "x", "backup_url": "x"}}, "3.0"),
    *_cinder("POST", "/volume-transfers", "v3.volume_transfer:VolumeTransferController.create",
             {"transfer": {"volume_id": "<volume>", "name": "x", "no_snapshots": False}}, "3.71",
             user="tenant"),
    *_cinder("POST", "/os-volume-transfer",
             "contrib.volume_transfer:VolumeTransferController.create",
             {"transfer": {"volume_id": "<volume>", "name": "x"}}, "3.0", user="tenant"),
    *_cinder("POST", "/os-volume-transfer/<nobody>/accept",
             "contrib.volume_transfer:VolumeTransferController.accept",
             {"accept": {"auth_key": "x"}}, "3.0", user="tenant"),
    *_cinder("POST", "/attachments", "v3.attachments:AttachmentsController.create",
             {"attachment": {"volume_uuid": "<volume>", "instance_uuid": "<server>",
                             "connector": None, "mode": "rw"}}, "3.71", user="tenant"),
    *_cinder("POST", "/os-volume-manage",
             "contrib.volume_manage:VolumeManageController.create", {"volume": _MANAGED}, "3.0"),
    *_cinder("POST", "/manageable_volumes",
             "contrib.volume_manage:VolumeManageController.create",
             {"volume": {**_MANAGED, "cluster": None}}, "3.71"),
    *_cinder("POST", "/os-snapshot-manage",
             "contrib.snapshot_manage:SnapshotManageController.create", {"snapshot": _TAKEN},
             "3.0"),
    *_cinder("POST", "/manageable_snapshots",
             "contrib.snapshot_manage:SnapshotManageController.create", {"snapshot": _TAKEN},
             "3.71"),
    *_cinder("PUT", "/os-services/disable", "contrib.services:ServiceController._disable",
             {"host": "nowhere", "binary": "cinder-volume"}, "3.0"),
    *_cinder("PUT", "/os-services/disable-log-reason",
             "contrib.services:ServiceController._disabled_log_reason",
             {"host": "nowhere", "binary": "cinder-volume", "disabled_reason": "x"}, "3.0"),
    *_cinder("PUT", "/os-services/freeze", "contrib.services:ServiceController._freeze",
             {"host": "nowhere"}, "3.0"),
    *_cinder("PUT", "/os-services/failover_host",
             "contrib.services:ServiceController._failover",
             {"host": "nowhere", "backend_id": "x"}, "3.0"),
    *_cinder("POST", "/workers/cleanup", "v3.workers:WorkerController.cleanup",
             {"service_id": 1, "is_up": True, "disabled": False, "resource_type": "volume",
              "resource_id": "<volume>", "host": "x", "binary": "cinder-volume"}, "3.71"),
    *_cinder("POST", _OF_VOLUME, f"{_ACTIONS}_extend", {"os-extend": {"new_size": 1}}, "3.0",
             user="tenant"),
    *_cinder("POST", _OF_VOLUME, f"{_ACTIONS}_retype",
             {"os-retype": {"new_type": "<type>", "migration_policy": "never"}}, "3.0"),
]  # fmt: skip

_IP = {"subnet_id": "<subnet>", "ip_address": "10.9.2.2"}
_PORT = {
    "name": "p", "description": "x", "admin_state_up": True, "mac_address": "fa:16:3e:00:09:09",
    "fixed_ips": [_IP], "device_id": "", "device_owner": "", "security_groups": ["<group>"],
    "allowed_address_pairs": [{"ip_address": "10.9.4.4", "mac_address": "fa:16:3e:00:09:0a"}],
    "extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "1400", "ip_version": 4}],
    "port_security_enabled": True, "binding:vnic_type": "normal", "binding:host_id": "",
}  # fmt: skip
_SUBNET = {
    "name": "s", "description": "x", "gateway_ip": "10.8.0.1", "enable_dhcp": True,
    "allocation_pools": [{"start": "10.8.0.10", "end": "10.8.0.20"}],
    "dns_nameservers": ["8.8.8.8"],
    "host_routes": [{"destination": "10.7.0.0/24", "nexthop": "10.8.0.9"}],
    "service_types": ["compute:nova"],
}  # fmt: skip
_NETWORK = {
    "name": "n", "description": "x", "admin_state_up": True, "shared": False,
    "router:external": False, "mtu": 1400, "port_security_enabled": True, "is_default": False,
}  # fmt: skip
_POOL = {
    "name": "p", "description": "x", "prefixes": ["10.64.0.0/16"], "default_quota": 10,
    "min_prefixlen": 20, "max_prefixlen": 28, "default_prefixlen": 24, "is_default": False,
}  # fmt: skip
_GATEWAY = {
    "network_id": "<outside>", "enable_snat": True,
    "external_fixed_ips": [{"subnet_id": "<outside_subnet>", "ip_address": "163.3.124.77"}],
}  # fmt: skip
_SG_RULE = {
    "security_group_id": "<group>", "direction": "ingress", "ethertype": "IPv4",
    "protocol": "tcp", "port_range_min": 22, "port_range_max": 23, "description": "x",
    "remote_ip_prefix": "10.0.0.0/8",
}  # fmt: skip
_POLICY = {
    "object_type": "network", "object_id": "<net>", "action": "access_as_shared",
    "target_tenant": "<other_project>",
}  # fmt: skip
_ROUTER = {"name": "r", "description": "x", "admin_state_up": True}


def _both(path: str, member: str, new: Json, changed: Json) -> list[Request]:
    one = f"{path}/<{member}>"
    return [
        Request("network", "POST", path, {member: new}, member=member),
        Request("network", "PUT", one, {member: changed}, member=member),
    ]


_NAMED = {"name": "x", "description": "x"}
NETWORK = [
    *_both("/networks", "network", {**_NETWORK, "availability_zone_hints": ["az1"]}, _NETWORK),
    *_both("/subnets", "subnet",
           {**_SUBNET, "network_id": "<empty>", "ip_version": 4, "cidr": "10.8.0.0/24"}, _SUBNET),
    Request("network", "POST", "/subnets",
            {"subnet": {"network_id": "<empty>", "ip_version": 6, "cidr": "fd00:9::/64",
                        "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}},
            member="subnet"),
    *_both("/ports", "port", {**_PORT, "network_id": "<net>"}, _PORT),
    *_both("/routers", "router",
           {**_ROUTER, "external_gateway_info": _GATEWAY, "availability_zone_hints": ["az1"]},
           {**_ROUTER, "external_gateway_info": _GATEWAY,
            "routes": [{"destination": "10.7.0.0/24", "nexthop": "10.9.0.9"}]}),
    *_both("/floatingips", "floatingip",
           {"floating_network_id": "<outside>", "floating_ip_address": "163.3.124.99",
            "subnet_id": "<outside_subnet>", "port_id": None, "fixed_ip_address": None,
            "description": "x"},
           {"port_id": None, "fixed_ip_address": None, "description": "x"}),
    *_both("/security-groups", "security_group", {**_NAMED, "stateful": True},
           {**_NAMED, "stateful": True}),
    Request("network", "POST", "/security-group-rules", {"security_group_rule": _SG_RULE},
            member="security_group_rule"),
    *_both("/subnetpools", "subnetpool", {**_POOL, "shared": False, "address_scope_id": None},
           {**_POOL, "address_scope_id": None}),
    *_both("/address-scopes", "address_scope", {"name": "a", "ip_version": 4, "shared": False},
           {"name": "a", "shared": False}),
    *_both("/address-groups", "address_group", {**_NAMED, "addresses": ["10.0.0.0/24"]}, _NAMED),
    *_both("/rbac-policies", "rbac_policy", _POLICY, {"target_tenant": "<other_project>"}),
]  # fmt: skip
