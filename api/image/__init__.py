"""The image API under /image."""

from api.errors import GLANCE
from api.http import Answer, Call
from api.image import versions
from api.service import ServiceApp


class Image(ServiceApp):
    """Glance's API."""

    name = "image"
    prefix = "/image"
    versions = ("v2",)
    folder = __name__
    dialect = GLANCE
    told_by = ()

    async def elsewhere(self, call: Call) -> Answer:
        """Tell of the versions."""
        return await versions.versions(call)
