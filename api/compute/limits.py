"""/limits: what the project may have and what it has, over all pods."""

from typing import Any

from api.compute.proxy import PROXY
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from api.quotas import asker, own_project
from models.compute import checks

routes = Routes()
_FILES, _NETWORKS, _IMAGES = (2, 57), (2, 36), (2, 39)
_LIMITS = {
    "maxServerMeta": "metadata_items",
    "maxImageMeta": "metadata_items",
    "maxPersonality": "injected_files",
    "maxPersonalitySize": "injected_file_content_bytes",
    "maxTotalInstances": "instances",
    "maxTotalCores": "cores",
    "maxTotalRAMSize": "ram",
    "maxTotalKeypairs": "key_pairs",
    "maxTotalFloatingIps": "floating_ips",
    "maxSecurityGroups": "security_groups",
    "maxSecurityGroupRules": "security_group_rules",
    "maxServerGroups": "server_groups",
    "maxServerGroupMembers": "server_group_members",
}
_USED = {
    "totalRAMUsed": "ram",
    "totalCoresUsed": "cores",
    "totalInstancesUsed": "instances",
    "totalFloatingIpsUsed": "floating_ips",
    "totalSecurityGroupsUsed": "security_groups",
    "totalServerGroupsUsed": "server_groups",
}
_OF_NETWORKS = {"floating_ips", "security_groups", "security_group_rules"}
_OF_FILES = {"injected_files", "injected_file_content_bytes"}


@routes.route("GET", "/limits")
async def show(call: Call) -> Answer:
    """Show the limits."""
    version = COMPUTE.of(call)
    if version >= (2, 75):
        checks.only(dict(call.params), ("tenant_id",), "query")
    wanted = call.param("tenant_id") or call.caller.project_id
    project_id = own_project(call, wanted, "os_compute_api:limits:other_project")
    figures = await call.services.quotas.project(await asker(call, PROXY, "compute"), project_id)
    hidden = _OF_NETWORKS if version >= _NETWORKS else set()
    hidden = hidden | (_OF_FILES if version >= _FILES else set())
    absolute: dict[str, Any] = {}
    for names, key in ((_LIMITS, "limit"), (_USED, "in_use")):
        for name, resource in names.items():
            if resource in figures and resource not in hidden:
                absolute[name] = figures[resource][key]
    if version >= _IMAGES:
        absolute.pop("maxImageMeta", None)
    return Answer(200, {"limits": {"rate": [], "absolute": absolute}})
