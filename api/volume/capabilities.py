"""/capabilities: what a back end can, told by the pod that has it."""

from api.volume.proxy import PROXY
from models.resources.volume import CAPABILITIES

routes = PROXY.routes([CAPABILITIES])
