"""The Admin API, ours, under /v1.0: pods, bindings, routings, jobs, the topology page."""

from api.admin import topology
from api.errors import OWN
from api.http import Answer, Call
from api.service import ServiceApp


class Admin(ServiceApp):
    """Shows a browser that has no token the page that asks for one."""

    name = "admin"
    prefix = "/"
    versions = ("v1.0",)
    folder = __name__
    dialect = OWN

    async def _handle(self, call: Call) -> Answer:
        return topology.welcome(call) or await super()._handle(call)
