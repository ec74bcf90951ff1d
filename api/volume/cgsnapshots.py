"""/cgsnapshots: snapshots of groups, under the name that they had first."""

from api.http import Answer, Call, Routes
from api.volume.group_snapshots import take
from api.volume.proxy import PROXY, members
from models.errors import BadRequest
from models.resources.volume import CGSNAPSHOTS

routes = Routes()


@routes.route("POST", CGSNAPSHOTS.path)
async def create(call: Call) -> Answer:
    """Take a snapshot of every volume of a group."""
    body = await call.json()
    wanted = body.get("cgsnapshot")
    if not isinstance(wanted, dict):
        raise BadRequest("Missing required element 'cgsnapshot' in request body.")
    if "consistencygroup_id" not in wanted:
        raise BadRequest("'consistencygroup_id' must be specified")
    return await take(call, body, wanted["consistencygroup_id"])


routes.include(members(CGSNAPSHOTS.path, "group_snapshot"))
routes.include(PROXY.routes([CGSNAPSHOTS]))
