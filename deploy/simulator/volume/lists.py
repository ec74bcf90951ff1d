"""Cinder's lists: whose rows, which of them, in what order, and how many."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.simulator.compute.paging import page
from deploy.simulator.http import Json
from deploy.simulator.volume.errors import bad, missing
from deploy.simulator.volume.volumes import Call, Row


def visible(call: Call, rows: Iterable[Row]) -> list[Row]:
    """The rows of the project; of all projects for an administrator who asks for that."""
    if call.token.is_admin and call.request.flag("all_tenants"):
        project = call.request.arg("project_id")
        return [row for row in rows if project in ("", row["project_id"])]
    return [row for row in rows if row["project_id"] == call.token.project.id]


def matching(call: Call, rows: list[Row], filters: tuple[str, ...]) -> list[Row]:
    """The rows that have what the query asks for."""
    for key in filters:
        wanted = call.request.arg(key)
        if wanted:
            rows = [row for row in rows if str(row.get(key)) == wanted]
    return rows


def paged(call: Call, rows: list[Row], collection: str, noun: str) -> tuple[list[Row], Json]:
    """One page of the rows as asked, newest first without a wish; and what goes with it."""
    rows = sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)
    for wish in reversed(_wishes(call)):
        key, _, direction = wish.strip().partition(":")
        rows.sort(key=lambda row: str(row.get(key)), reverse=direction != "asc")
    count = len(rows)
    offset = call.request.arg("offset", "0")
    if not offset.isdigit():
        raise bad(f"Invalid input for query parameters offset. Value: {offset}.")
    marker = call.request.arg("marker")
    if marker and not any(row["id"] == marker for row in rows):
        raise missing(noun, marker)
    part, links = page(rows[int(offset) :], call.request, lambda row: str(row["id"]), bad)
    extra: Json = {f"{collection}_links": links} if links else {}
    if call.at_least(45) and call.request.flag("with_count"):
        extra["count"] = count
    return part, extra


def _wishes(call: Call) -> list[str]:
    sort = call.request.arg("sort")
    if sort:
        return sort.split(",")
    key = call.request.arg("sort_key")
    return [f"{key}:{call.request.arg('sort_dir', 'desc')}"] if key else []
