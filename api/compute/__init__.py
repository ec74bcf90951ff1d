"""The compute API under /compute."""

from api.errors import NOVA
from api.http import Answer, Call
from api.microversions import COMPUTE
from api.service import ServiceApp

_REQUEST_ID = b"x-compute-request-id"


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

    def finish(self, call: Call, answer: Answer) -> None:
        """Add the microversion, and the request id under Nova's own name."""
        super().finish(call, answer)
        if all(name != _REQUEST_ID for name, _ in answer.headers):
            answer.headers.append((_REQUEST_ID, call.request_id.encode()))
