"""/v2.0/address-groups."""

from api.http import Answer, Call
from api.network.collection import serve
from models.resources.network import ADDRESS_GROUPS

routes = serve(ADDRESS_GROUPS, lambda services: services.network.address_groups)


@routes.route("PUT", "/address-groups/{id}/add_addresses")
async def add_addresses(call: Call) -> Answer:
    """Add addresses to a group."""
    given = (await call.json()).get("addresses")
    shown = await call.services.network.address_groups.add(call.caller, call.args["id"], given)
    return Answer(200, {"address_group": shown})


@routes.route("PUT", "/address-groups/{id}/remove_addresses")
async def remove_addresses(call: Call) -> Answer:
    """Take addresses out of a group."""
    given = (await call.json()).get("addresses")
    shown = await call.services.network.address_groups.remove(call.caller, call.args["id"], given)
    return Answer(200, {"address_group": shown})
