"""GET / and GET /v2.0/: the version, for anyone who asks, and the collections below it."""

from api.http import Answer, Call, Routes
from api.links import itself
from api.versions import document
from models.resources.network import NETWORK

PUBLIC = document("v2.0")
routes = Routes()


@routes.route("GET", "/")
async def collections(call: Call) -> Answer:
    """List the collections, as Neutron does below its version."""
    resources = [
        {
            "name": kind.member,
            "collection": kind.collection,
            "links": itself(f"{call.base}/v2.0{kind.path}"),
        }
        for kind in NETWORK
    ]
    return Answer(200, {"resources": resources})
