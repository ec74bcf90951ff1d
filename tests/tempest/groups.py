"""The groups of Tempest's tests that this project answers for."""

import re
from collections.abc import Collection, Mapping

# Of Neutron's own tests: what the gateway does not serve, so that no pod's pass is a loss.
EXCLUDED: Mapping[str, str] = {
    "QoS": r"qos",
    "trunk": r"trunk",
    "segments": r"segment",
    "DNS": r"dns",
}
# D: what a single pod passes. P: what the peers of this project gated on, by today's names.
# N: what Neutron brings along of its own, neutron-tempest-plugin.
GROUPS: Mapping[str, str] = {
    "D1": (
        r"^tempest\.api\.(compute\.test_(versions|extensions)|network\.test_(versions|extensions)"
        r"|volume\.test_(versions|extensions))\."
    ),
    "D2": (
        r"^tempest\.api\.compute\.servers\."
        r"(test_create_server\.ServersTest(JSON|ManualDisk|BootFromVolume)"
        r"|test_servers\.ServersTestJSON|test_server_metadata\.|test_list_server_filters\."
        r"|test_availability_zone|test_server_addresses\.|test_delete_server"
        r"|test_instance_actions\.InstanceActionsTestJSON"
        r"|test_server_group\.ServerGroupTestJSON)"
    ),
    "D3": (
        r"^tempest\.api\.compute\."
        r"(servers\.test_server_actions\.(ServerActionsTestJSON|ServerActionsTestOtherA)\."
        r"|admin\.test_servers\.ServersAdminTestJSON|admin\.test_servers_negative)"
    ),
    "D4": (
        r"^tempest\.api\.compute\.(flavors\.test_flavors\.|keypairs\.test_keypairs\."
        r"|limits\.test_absolute_limits\.|test_quotas|admin\.test_flavors\."
        r"|admin\.test_flavors_(extra_specs|access)\.|admin\.test_availability_zone\."
        r"|admin\.test_quotas\.QuotasAdminTestJSON|admin\.test_aggregates_negative"
        r"|admin\.test_hypervisor\.HypervisorAdminTestJSON|admin\.test_simple_tenant_usage\.)"
    ),
    "D5": (
        r"^tempest\.api\.compute\."
        r"(volumes\.test_attach_volume\.AttachVolume(TestJSON|ShelveTestJSON)"
        r"|servers\.test_attach_interfaces\.AttachInterfacesTestJSON"
        r"|volumes\.test_volumes_negative)"
    ),
    "D6": (
        r"^tempest\.api\.network\.(test_networks\.(NetworksTest|BulkNetworkOpsTest)\."
        r"|test_ports\.PortsTestJSON|test_routers\.RoutersTest\.|test_floating_ips\."
        r"|test_security_groups\.SecGroupTest\.|test_networks_negative"
        r"|admin\.test_external_network_extension|admin\.test_routers\.RoutersAdminTest\.)"
    ),
    "D7": (
        r"^tempest\.api\.volume\.(test_volumes_get\.|test_volumes_actions\.|test_volume_metadata"
        r"|test_volumes_extend\.VolumesExtendTest|test_availability_zone"
        r"|test_volume_absolute_limits|test_volumes_clone\.|test_volumes_snapshots\."
        r"|admin\.test_volume_types\.|admin\.test_volume_quotas\.)"
        r"|^tempest\.api\.volume\.test_volumes_list\..*\.test_volumes?_list"
        r"(_by_name|_details_by_name|_by_status|_details_by_status|_by_availability_zone"
        r"|_details_by_availability_zone|_with_details|_param_display_name_and_status"
        r"|_with_detail_param_display_name_and_status|_with_detail_param_metadata"
        r"|_with_param_metadata)?\["
    ),
    # Bonus: guests that nobody can log in to pass few scenarios.
    "D8": (
        r"^tempest\.scenario\.(test_server_basic_ops"
        r"|test_minimum_basic\.TestMinimumBasicScenario\.test_minimum_basic_scenario"
        r"|test_network_basic_ops\.TestNetworkBasicOps"
        r"\.(test_network_basic_ops|test_subnet_details))"
    ),
    "P1": (
        r"^tempest\.api\.compute\.(test_versions"
        r"|servers\.test_server_actions\.ServerActionsTest(JSON|OtherA|OtherB)"
        r"\.(test_stop_start_server|test_lock_unlock_server|test_pause_unpause_server"
        r"|test_shelve_unshelve_server|test_suspend_resume_server"
        r"|test_reboot_server_(hard|soft)|test_resize_server_(revert|confirm"
        r"|confirm_from_stopped))\["
        r"|servers\.test_servers_negative\.ServersNegativeTestJSON"
        r"\.(test_force_delete_nonexistent_server_id|test_resume_non_existent_server"
        r"|test_resume_server_invalid_state|test_suspend_non_existent_server"
        r"|test_suspend_server_invalid_state)\["
        r"|admin\.test_servers\.ServersAdminTestJSON\.test_reset_state_server\["
        r"|admin\.test_servers_negative\.ServersAdminNegativeTestJSON"
        r"\.test_(migrate_|reset_state_))"
    ),
    "P2": (
        r"^tempest\.api\.volume\.(test_volumes_list\.|test_volumes_get\.|test_volumes_backup"
        r"\.VolumesBackupsTest\.test_volume_backup_create_get_detailed_list_restore_delete)"
    ),
    "P3": (
        r"^tempest\.api\.compute\.volumes\.(test_attach_volume\.(AttachVolumeTestJSON"
        r"|AttachVolumeShelveTestJSON\.test_detach_volume_shelved)"
        r"|test_volumes_negative\.VolumesNegativeTest\.test_get_volume_without_passing)"
    ),
    "N": rf"^neutron_tempest_plugin\.api\.(?!(?i:.*({'|'.join(EXCLUDED.values())})))",
}
DEFAULT = ("D1", "D2", "D3", "D4", "D5", "D6", "D7", "P1", "P2", "P3", "N")


def of_test(test: str, names: Collection[str]) -> list[str]:
    """Which of these groups a test belongs to; the peers' groups overlap ours."""
    return [name for name in names if re.search(GROUPS[name], test)]
