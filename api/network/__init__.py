"""The network API under /network."""

from api.errors import NEUTRON
from api.service import ServiceApp


class Network(ServiceApp):
    """Neutron's API."""

    name = "network"
    prefix = "/network"
    versions = ("v2.0",)
    folder = __name__
    dialect = NEUTRON
    told_by = ("GET",)
