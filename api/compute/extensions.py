"""/extensions: what pods say they have, each once."""

from api.compute.proxy import PROXY
from models.resources.compute import EXTENSIONS

routes = PROXY.routes([EXTENSIONS])
