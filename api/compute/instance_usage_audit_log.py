"""/os-instance_usage_audit_log: whether every pod has counted its servers."""

from typing import Any
from urllib.parse import quote

from api.compute.reports import sum_of
from api.http import Answer, Call, Routes

routes = Routes()
_PATH = "/os-instance_usage_audit_log"


@routes.route("GET", _PATH, admin=True)
async def list_(call: Call) -> Answer:
    """Show the log of the last period."""
    return await _merged(call, _PATH, "instance_usage_audit_logs")


@routes.route("GET", f"{_PATH}/{{before}}", admin=True)
async def show(call: Call) -> Answer:
    """Show the log of the period before a time."""
    path = f"{_PATH}/{quote(call.args['before'], safe='')}"
    return await _merged(call, path, "instance_usage_audit_log")


async def _merged(call: Call, path: str, key: str) -> Answer:
    total: dict[str, Any] = {}
    for answer in await sum_of(call, path):
        for name, value in answer.json()[key].items():
            total[name] = _joined(total[name], value) if name in total else value
    return Answer(200, {key: total})


def _joined(one: Any, other: Any) -> Any:
    """Return two pods' figures as one: numbers and lists added, texts side by side."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | other
    if isinstance(one, int) and isinstance(other, int):
        return one + other
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    return one if one == other else f"{one} {other}"
