"""/v2.0/subnetpools."""

from api.http import Answer, Call
from api.network.collection import serve
from api.network.tags import serve_tags
from models.resources.network import SUBNETPOOLS

routes = serve(SUBNETPOOLS, lambda services: services.network.subnetpools)
routes.include(serve_tags(SUBNETPOOLS, lambda services: services.network.subnetpools))


@routes.route("PUT", "/subnetpools/{id}/add_prefixes")
async def add_prefixes(call: Call) -> Answer:
    """Add prefixes to a pool."""
    given = (await call.json()).get("prefixes")
    pools = call.services.network.subnetpools
    return Answer(200, {"prefixes": await pools.add_prefixes(call.caller, call.args["id"], given)})


@routes.route("PUT", "/subnetpools/{id}/remove_prefixes")
async def remove_prefixes(call: Call) -> Answer:
    """Take prefixes out of a pool."""
    given = (await call.json()).get("prefixes")
    left = await call.services.network.subnetpools.remove_prefixes(
        call.caller, call.args["id"], given
    )
    return Answer(200, {"prefixes": left})
