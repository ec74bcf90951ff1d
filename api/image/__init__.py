"""The image API under /image."""

from api.errors import GLANCE
from api.service import ServiceApp


class Image(ServiceApp):
    """Glance's API."""

    name = "image"
    prefix = "/image"
    versions = ("v2",)
    folder = __name__
    dialect = GLANCE
