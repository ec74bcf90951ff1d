"""/v2.0/subnets."""

from api.network.collection import serve
from api.network.tags import serve_tags
from models.resources.network import SUBNETS

routes = serve(SUBNETS, lambda services: services.network.subnets)
routes.include(serve_tags(SUBNETS, lambda services: services.network.subnets))
