"""The block storage API under /volume."""

from api.errors import NOVA
from api.microversions import VOLUME
from api.service import ServiceApp


class Volume(ServiceApp):
    """Cinder's API."""

    name = "volume"
    prefix = "/volume"
    suffix = ".json"
    versions = ("v3",)
    folder = __name__
    dialect = NOVA
    microversions = VOLUME
    exact = True
    told_by = ()
