"""/messages: why something failed, as told by all pods."""

from api.volume.proxy import PROXY
from models.resources.volume import MESSAGES

routes = PROXY.routes([MESSAGES])
