"""The compute API under /compute."""

from activities.wiring import Services
from api.auth import Tokens
from api.http import Routes
from api.policy import Policy
from api.service import ServiceApp

PREFIX = "/compute"


def create(services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    routes, public = Routes(), Routes()
    version = {"compute": "v2.1", "network": "v2.0", "volume": "v3", "image": "v2"}["compute"]
    return ServiceApp("compute", version, services, tokens, policy, routes=routes, public=public)
