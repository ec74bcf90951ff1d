"""/extensions: what pods say they have, each once."""

from api.volume.proxy import PROXY
from models.resources.volume import EXTENSIONS

routes = PROXY.routes([EXTENSIONS])
