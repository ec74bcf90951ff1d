"""/types/{id}/encryption: how the volumes of a type are encrypted."""

from typing import Any

from activities.volume.type_copies import TypeCopies
from api.http import Answer, Call, Routes
from models.database.store import Row, new_id
from models.errors import BadRequest, NotFound
from models.numbers import whole
from models.volume import bodies

routes = Routes()
_SETTINGS = ("provider", "control_location", "cipher", "key_size")


@routes.route("GET", "/types/{id}/encryption", admin=True)
async def encryption(call: Call) -> Answer:
    """Show how volumes of the type are encrypted; nothing, if they are not."""
    return Answer(200, _encryption(await _row(call)))


@routes.route("POST", "/types/{id}/encryption", admin=True)
async def encrypt(call: Call) -> Answer:
    """Have the type's volumes encrypted."""
    given = _parsed(await call.json("", bodies.ENCRYPTION))
    given["encryption_id"] = new_id()

    def judge(row: Row) -> Row:
        if row["encryption"]:
            raise BadRequest(f"Volume type encryption for type {row['id']} already exists.")
        return {"encryption": given}

    row, _ = await _copies(call).change((await _row(call))["id"], judge)
    return Answer(200, {"encryption": given | {"volume_type_id": row["id"]}})


@routes.route("GET", "/types/{id}/encryption/{key}", admin=True)
async def encryption_item(call: Call) -> Answer:
    """Show one setting of the encryption."""
    row = await _row(call)
    settings = _encryption(row)
    key = call.args["key"]
    if key not in settings:
        raise NotFound(f"Volume type encryption for type {row['id']} does not exist.")
    return Answer(200, {key: settings[key]})


@routes.route("PUT", "/types/{id}/encryption/{key}", admin=True)
async def reencrypt(call: Call) -> Answer:
    """Change settings of the encryption."""
    given = _parsed(await call.json("", bodies.ENCRYPTION_CHANGE))

    def judge(row: Row) -> Row:
        return {"encryption": _encrypted(row)["encryption"] | given}

    await _copies(call).change((await _row(call))["id"], judge)
    return Answer(200, {"encryption": given})


@routes.route("DELETE", "/types/{id}/encryption/{key}", admin=True)
async def decrypt(call: Call) -> Answer:
    """Have the type's volumes no longer encrypted."""

    def judge(row: Row) -> Row:
        _encrypted(row)
        return {"encryption": {}}

    await _copies(call).change((await _row(call))["id"], judge)
    return Answer(202)


def _copies(call: Call) -> TypeCopies:
    return call.services.volume.type_copies


async def _row(call: Call) -> Row:
    return await call.services.volume.types.get(call.caller, call.args["id"])


def _encryption(row: Row) -> dict[str, Any]:
    if not row["encryption"]:
        return {}
    return {
        **dict.fromkeys(_SETTINGS),
        **row["encryption"],
        "volume_type_id": row["id"],
        "created_at": row["created_at"].isoformat(),
        "updated_at": None,
        "deleted": False,
        "deleted_at": None,
    }


def _encrypted(row: Row) -> Row:
    if not row["encryption"]:
        raise NotFound(f"Volume type encryption for type {row['id']} does not exist.")
    return row


def _parsed(body: dict[str, Any]) -> dict[str, Any]:
    given = body["encryption"]
    if given.get("key_size") is not None:
        given["key_size"] = whole(given["key_size"])
    return {key: given[key] for key in _SETTINGS if key in given}
