"""/os-quota-class-sets: the limits of a class of projects, over all pods."""

from api.compute.proxy import PROXY
from api.compute.quota_sets import OF_FILES, OF_GROUPS, OF_NETWORKS, RESOURCES, given_in
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from api.quotas import asker, limit_of, picked
from models.compute import bodies
from models.quotas.figures import Asker

routes = Routes()
_PATH = "/os-quota-class-sets/{id}"


@routes.route("GET", _PATH, admin=True)
async def show(call: Call) -> Answer:
    """Show the limits of a quota class."""
    id_ = call.args["id"]
    limits = await call.services.quotas.named_class(await _asker(call), id_)
    return Answer(200, {"quota_class_set": {"id": id_} | picked(limits, _names(call))})


@routes.route("PUT", _PATH, admin=True)
async def update(call: Call) -> Answer:
    """Set the limits of a quota class, here and in every pod."""
    id_, quotas = call.args["id"], call.services.quotas
    body = await call.json("", bodies.quota_class_set(COMPUTE.of(call)))
    given = given_in(call, body, "quota_class_set")
    limits = {name: limit_of(name, value) for name, value in given.items()}
    await quotas.limits.set_class(call.caller, "compute", id_, limits)
    now = await quotas.named_class(await _asker(call), id_)
    return Answer(200, {"quota_class_set": picked(now, _names(call))})


def _names(call: Call) -> tuple[str, ...]:
    version = COMPUTE.of(call)
    hidden: tuple[str, ...] = OF_GROUPS if version < (2, 50) else OF_NETWORKS
    if version >= (2, 57):
        hidden += OF_FILES
    return tuple(name for name in RESOURCES if name not in hidden)


async def _asker(call: Call) -> Asker:
    # Older pods' classes are silent about groups, newer ones' about networks.
    version = (2, 1) if COMPUTE.of(call) < (2, 50) else (2, 50)
    return await asker(call, PROXY, "compute", version)
