"""/os-snapshot-manage: the older name of /manageable_snapshots."""

from api.volume.manageable import serve
from api.volume.manageable_snapshots import manage

routes = serve("/os-snapshot-manage", "manageable-snapshots", manage)
