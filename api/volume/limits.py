"""/limits of block storage: what the project may have and what it has, over all pods."""

from typing import Any

from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from api.quotas import asker
from api.volume.proxy import PROXY

routes = Routes()
# From here on an admin may ask about another project.
_OTHERS = (3, 39)
_LIMITS = {
    "maxTotalVolumes": "volumes",
    "maxTotalSnapshots": "snapshots",
    "maxTotalVolumeGigabytes": "gigabytes",
    "maxTotalBackups": "backups",
    "maxTotalBackupGigabytes": "backup_gigabytes",
}
_USED = {
    "totalVolumesUsed": "volumes",
    "totalGigabytesUsed": "gigabytes",
    "totalSnapshotsUsed": "snapshots",
    "totalBackupsUsed": "backups",
    "totalBackupGigabytesUsed": "backup_gigabytes",
}


@routes.route("GET", "/limits")
async def show(call: Call) -> Answer:
    """Show the limits."""
    project_id = call.caller.project_id
    if call.caller.admin and VOLUME.of(call) >= _OTHERS:
        project_id = call.param("project_id") or call.param("tenant_id") or project_id
    figures = await call.services.quotas.project(await asker(call, PROXY, "volume"), project_id)
    absolute: dict[str, Any] = {}
    for names, key in ((_LIMITS, "limit"), (_USED, "in_use")):
        for name, resource in names.items():
            if resource in figures:
                absolute[name] = figures[resource][key]
    return Answer(200, {"limits": {"rate": [], "absolute": absolute}})
