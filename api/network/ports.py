"""/v2.0/ports."""

from api.network.collection import serve
from api.network.tags import serve_tags
from models.resources.network import PORTS

routes = serve(PORTS, lambda services: services.network.live_ports)
routes.include(serve_tags(PORTS, lambda services: services.network.ports))
