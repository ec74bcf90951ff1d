"""/v2.0/security-groups."""

from api.network.collection import serve
from api.network.tags import serve_tags
from models.resources.network import SECURITY_GROUPS

routes = serve(SECURITY_GROUPS, lambda services: services.network.security_groups)
routes.include(serve_tags(SECURITY_GROUPS, lambda services: services.network.security_groups))
