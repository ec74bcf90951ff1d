"""/default-types: the type that a project's volumes get when none is named."""

from api.http import Answer, Call, Routes
from api.microversions import VOLUME
from models.errors import BadRequest, NotFound
from models.volume import bodies

routes = Routes()
_SINCE = (3, 62)


@routes.route("GET", "/default-types", admin=True)
async def list_(call: Call) -> Answer:
    """List every project's default."""
    _known(call)
    return Answer(200, {"default_types": await call.services.volume.types.defaults()})


@routes.route("GET", "/default-types/{id}", admin=True)
async def show(call: Call) -> Answer:
    """Show a project's default."""
    _known(call)
    project = call.args["id"]
    row = await call.services.volume.types.default(project)
    if row is None:
        raise NotFound(f"Default type for project {project} not found.")
    return Answer(200, _shown(project, row["id"]))


@routes.route("PUT", "/default-types/{id}", admin=True)
async def update(call: Call) -> Answer:
    """Set a project's default."""
    _known(call)
    body = await call.json("", bodies.DEFAULT_TYPE)
    if "default_type" not in body:
        # Cinder's schema takes it, and Cinder itself then has no word for it.
        raise BadRequest("'default_type' is a required property")
    wanted = body["default_type"]["volume_type"]
    try:
        row = await call.services.volume.types.named(call.caller, wanted)
    except NotFound as error:
        raise BadRequest(error.message) from None
    await call.services.volume.types.set_default(call.args["id"], row["id"])
    return Answer(200, _shown(call.args["id"], row["id"]))


@routes.route("DELETE", "/default-types/{id}", admin=True)
async def delete(call: Call) -> Answer:
    """Have the project without a default of its own."""
    _known(call)
    await call.services.volume.types.set_default(call.args["id"], None)
    return Answer(204)


def _known(call: Call) -> None:
    if VOLUME.of(call) < _SINCE:
        raise NotFound("The resource could not be found.", "HTTPNotFound")


def _shown(project: str, type_id: str) -> dict[str, dict[str, str]]:
    return {"default_type": {"project_id": project, "volume_type_id": type_id}}
