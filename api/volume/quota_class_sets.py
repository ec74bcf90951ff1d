"""/os-quota-class-sets of block storage: the limits of a class of projects, for all pods."""

from api.http import Answer, Call, Routes
from api.quotas import asker
from api.volume.proxy import PROXY
from api.volume.quota_sets import limits_in, of_types
from models.volume import bodies

routes = Routes()
_PATH = "/os-quota-class-sets/{id}"


@routes.route("GET", _PATH, admin=True)
async def show(call: Call) -> Answer:
    """Show the limits of a quota class."""
    id_ = call.args["id"]
    limits = await _class(call, id_)
    return Answer(200, {"quota_class_set": limits | {"id": id_}})


@routes.route("PUT", _PATH, admin=True)
async def update(call: Call) -> Answer:
    """Set the limits of a quota class, here and in every pod."""
    id_, quotas = call.args["id"], call.services.quotas
    given = (await call.json("", bodies.QUOTA_CLASS_SET))["quota_class_set"]
    limits = limits_in(given, await _class(call, id_), "quota class set")
    await quotas.limits.set_class(call.caller, "volume", id_, limits)
    return Answer(200, {"quota_class_set": await _class(call, id_)})


async def _class(call: Call, name: str) -> dict[str, int]:
    known = await call.services.quotas.named_class(await asker(call, PROXY, "volume"), name)
    return await of_types(call) | known
