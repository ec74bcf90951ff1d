"""/v2.0/address-scopes."""

from api.network.collection import serve
from models.resources.network import ADDRESS_SCOPES

routes = serve(ADDRESS_SCOPES, lambda services: services.network.address_scopes)
