"""/cgsnapshots: snapshots of groups, under the name that they had first."""

from api.http import Routes
from api.volume.proxy import PROXY, members
from models.resources.volume import CGSNAPSHOTS

routes = Routes()
routes.include(members(CGSNAPSHOTS.path, "group_snapshot"))
routes.include(PROXY.routes([CGSNAPSHOTS]))
