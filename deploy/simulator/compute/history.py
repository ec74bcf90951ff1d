"""What was done to a server, by the id of the request that asked for it."""

from __future__ import annotations

from deploy.simulator.compute.state import Call, Row
from deploy.simulator.http import Json
from deploy.simulator.ids import now


def noted(call: Call, row: Row, action: str) -> None:
    """Remember what was done to the server."""
    moment = now().strftime("%Y-%m-%dT%H:%M:%S.%f")
    entry = {"action": action, "request_id": call.request.id, "start_time": moment}
    row["actions"].append(entry)


def shown(call: Call, row: Row, entry: Json) -> Json:
    """An entry as users see it."""
    found = {
        "action": entry["action"],
        "instance_uuid": row["id"],
        "request_id": entry["request_id"],
        "user_id": row["user_id"],
        "project_id": row["project_id"],
        "start_time": entry["start_time"],
        "message": None,
    }
    return {**found, "updated_at": entry["start_time"]} if call.at_least(58) else found
