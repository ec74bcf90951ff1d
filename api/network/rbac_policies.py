"""/v2.0/rbac-policies."""

from api.network.collection import serve
from models.resources.network import RBAC_POLICIES

routes = serve(RBAC_POLICIES, lambda services: services.network.rbac_policies)
