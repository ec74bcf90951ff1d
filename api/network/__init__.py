"""The network API under /network."""

from activities.wiring import Services
from api.auth import Tokens
from api.errors import NEUTRON
from api.network.conditions import conditional
from api.policy import Policy
from api.service import ServiceApp


class Network(ServiceApp):
    """Neutron's API."""

    name = "network"
    prefix = "/network"
    suffix = ".json"
    versions = ("v2.0",)
    folder = __name__
    dialect = NEUTRON
    told_by = ("GET",)

    def __init__(
        self, services: Services, tokens: Tokens, policy: Policy, running: dict[str, int]
    ) -> None:
        super().__init__(services, tokens, policy, running)
        # As Neutron: its documents, clients and tests do not agree on one spelling.
        self._routes = self._routes.with_handlers(conditional).in_either_spelling()
