"""/resource_filters: by what lists can be filtered, each resource once."""

from api.volume.proxy import PROXY
from models.resources.volume import RESOURCE_FILTERS

routes = PROXY.routes([RESOURCE_FILTERS])
