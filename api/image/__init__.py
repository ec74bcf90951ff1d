"""The image API under /image."""

from activities.wiring import Services
from api import versions
from api.auth import Tokens
from api.http import Routes
from api.image import images
from api.policy import Policy
from api.service import ServiceApp

PREFIX = "/image"


def declared() -> Routes:
    """Return every route after the version."""
    return images.routes


def create(services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    public = versions.image()
    return ServiceApp("image", "v2", services, tokens, policy, routes=declared(), public=public)
