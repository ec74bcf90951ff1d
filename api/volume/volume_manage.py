"""/os-volume-manage: the older name of /manageable_volumes."""

from api.volume.manageable import serve
from api.volume.manageable_volumes import manage

routes = serve("/os-volume-manage", "manageable-volumes", manage)
