"""/scheduler-stats: the pools of all pods."""

from api.volume.proxy import PROXY
from models.resources.volume import POOLS

routes = PROXY.routes([POOLS])
