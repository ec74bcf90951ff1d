"""The tempest.conf of one region. Both differ in its name and in ids, in nothing else."""

from pathlib import Path

from deploy.pods.configuration import write_ini
from tests.tempest.cloud import Cloud
from tests.tempest.things import Things


def write(cloud: Cloud, region: str, things: Things, folder: Path) -> Path:
    """``folder/tempest.conf``, readable for root only: it holds the administrator's password."""
    return write_ini(
        folder / "tempest.conf",
        {
            "DEFAULT": {"log_file": folder / "tempest.log", "debug": "true"},
            "oslo_concurrency": {"lock_path": folder / "locks"},
            "auth": {
                "use_dynamic_credentials": "true",
                "create_isolated_networks": "true",
                "tempest_roles": "member",
                "admin_username": "admin",
                "admin_password": cloud.password,
                "admin_project_name": "admin",
                "admin_domain_name": "Default",
            },
            "identity": {
                "uri_v3": cloud.keystone,
                "auth_version": "v3",
                # Keystone is the same for all regions, the catalog lists it in one.
                "v3_endpoint_type": "public",
                "region": region,
            },
            "service_available": {
                "nova": "true",
                "neutron": "true",
                "cinder": "true",
                "glance": "true",
                "swift": "false",
                "horizon": "false",
            },
            "image": {"region": region},
            "validation": {"run_validation": "false"},
            **_compute(region, things),
            **_network(region, things),
            **_volume(region),
        },
    )


def _compute(region: str, things: Things) -> dict[str, dict[str, object]]:
    return {
        "compute": {
            "region": region,
            "image_ref": things.images[0],
            "image_ref_alt": things.images[1],
            "flavor_ref": things.flavors[0],
            "flavor_ref_alt": things.flavors[1],
            "min_compute_nodes": 1,
            "min_microversion": "2.1",
            "max_microversion": "latest",
            # Two calls a second for each waiting test: this is the machine of the pods as well.
            "build_interval": 1,
            "build_timeout": 180,
        },
        "compute-feature-enabled": {
            "resize": "true",
            "cold_migration": "true",
            "live_migration": "false",
            "console_output": "true",
            "vnc_console": "false",
            "rescue": "true",
            "shelve": "true",
            "snapshot": "true",
            "suspend": "true",
            "pause": "true",
            "interface_attach": "true",
            "change_password": "true",
            "personality": "true",
            "config_drive": "true",
            "attach_encrypted_volume": "false",
            "swap_volume": "false",
            "volume_multiattach": "false",
        },
    }


def _network(region: str, things: Things) -> dict[str, dict[str, object]]:
    return {
        "network": {
            "region": region,
            "public_network_id": things.external_network,
            "project_network_cidr": "10.100.0.0/16",
            "project_network_mask_bits": 28,
            "build_interval": 1,
            "build_timeout": 180,
        },
        "network-feature-enabled": {
            "api_extensions": ",".join(things.network_extensions),
            "ipv6": "true",
            "ipv6_subnet_attributes": "true",
        },
        # Of neutron-tempest-plugin; what it makes of VLANs is not what Things makes.
        "neutron_plugin_options": {
            "available_type_drivers": "geneve,vlan,flat",
            "provider_vlans": "extern",
            "provider_net_base_segm_id": 3500,
        },
    }


def _volume(region: str) -> dict[str, dict[str, object]]:
    return {
        "volume": {
            "region": region,
            "catalog_type": "block-storage",
            # As the lab's driver reports them.
            "vendor_name": "Trio2o lab",
            "storage_protocol": "file",
            "backup_driver": "posix",
            # The driver uploads the bytes as they are, and Glance looks at what it gets.
            "disk_format": "raw",
            "volume_size": 1,
            "min_microversion": "3.0",
            "max_microversion": "latest",
            "build_interval": 1,
            "build_timeout": 180,
        },
        "volume-feature-enabled": {
            "backup": "true",
            "snapshot": "true",
            "clone": "true",
            "manage_volume": "false",
            "manage_snapshot": "false",
            "multi_backend": "false",
            "extend_attached_volume": "false",
        },
    }
