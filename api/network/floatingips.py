"""/v2.0/floatingips."""

from api.network.collection import serve
from api.network.tags import serve_tags
from models.resources.network import FLOATINGIPS

routes = serve(FLOATINGIPS, lambda services: services.network.floatingips)
routes.include(serve_tags(FLOATINGIPS, lambda services: services.network.floatingips))
