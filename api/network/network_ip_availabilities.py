"""/v2.0/network-ip-availabilities: for admins, as in Neutron."""

import json
from typing import Any

from api.http import Answer, Call, Routes

routes = Routes()
_PATH = "/network-ip-availabilities"


@routes.route("GET", _PATH)
async def network_ip_availabilities(call: Call) -> Answer:
    """List how many addresses of networks are used; nothing to others than admins."""
    fields = [value for key, value in call.params if key == "fields"]
    filters = [(key, value) for key, value in call.params if key != "fields"]
    found = await call.services.network.network_ip_availabilities.list(filters)
    found = found if call.caller.admin else []
    shown = [{k: v for k, v in one.items() if not fields or k in fields} for one in found]
    return _answer({"network_ip_availabilities": shown})


@routes.route("GET", f"{_PATH}/{{id}}", admin=True)
async def network_ip_availability(call: Call) -> Answer:
    """Show how many addresses of a network are used."""
    found = await call.services.network.network_ip_availabilities.show(call.args["id"])
    return _answer({"network_ip_availability": found})


def _answer(body: dict[str, Any]) -> Answer:
    # An IPv6 network has more addresses than the encoder of other answers can count.
    headers = [(b"content-type", b"application/json")]
    return Answer(200, raw=json.dumps(body).encode(), headers=headers)
