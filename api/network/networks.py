"""/v2.0/networks."""

from api.network.collection import serve
from api.network.tags import serve_tags
from models.resources.network import NETWORKS

routes = serve(NETWORKS, lambda services: services.network.networks)
routes.include(serve_tags(NETWORKS, lambda services: services.network.networks))
