"""/v2.0/security-groups."""

from api.network.collection import serve
from models.resources.network import SECURITY_GROUPS

routes = serve(SECURITY_GROUPS, lambda services: services.network.security_groups)
