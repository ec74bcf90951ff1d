"""/v2.0/trunks: there are none."""

from api.http import Answer, Call, Routes

routes = Routes()


@routes.route("GET", "/trunks")
async def list_(call: Call) -> Answer:
    """List no trunks: nobody can make one here, and clients ask without looking first."""
    return Answer(200, {"trunks": []})
