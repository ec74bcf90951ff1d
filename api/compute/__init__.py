"""The compute API under /compute."""

from api.compute import versions
from api.errors import NOVA
from api.http import Answer, Call
from api.microversions import COMPUTE
from api.service import ServiceApp


class Compute(ServiceApp):
    """Nova's API."""

    name = "compute"
    prefix = "/compute"
    # Nova serves the same under its first version's name.
    versions = ("v2.1", "v2")
    folder = __name__
    dialect = NOVA
    microversions = COMPUTE
    exact = True
    request_id_header = b"x-compute-request-id"
    told_by = ()

    async def elsewhere(self, call: Call) -> Answer:
        """Tell of the versions, with what was asked for below them."""
        return versions.choices(call)
