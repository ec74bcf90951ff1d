"""/os-simple-tenant-usage: what projects have used in all pods, as one figure each."""

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from activities.pods.region import PodAnswer
from api.compute.proxy import PROXY
from api.compute.reports import check_query, page, sum_of
from api.http import Answer, Call, Routes
from api.microversions import COMPUTE
from api.quotas import own_project
from models.values import Pod

routes = Routes()
_PATH = "/os-simple-tenant-usage"
_PAGED, _STRICT = (2, 40), (2, 75)
_PERIOD = ("start", "end")
# What is summed, and the figure of a server that its hours are multiplied with.
_TOTALS = {
    "total_local_gb_usage": "local_gb",
    "total_vcpus_usage": "vcpus",
    "total_memory_mb_usage": "memory_mb",
}
Usage = dict[str, Any]


@routes.route("GET", _PATH, admin=True)
async def list_(call: Call) -> Answer:
    """List the usage of every project."""
    usages = await _usages(call, _PATH, "tenant_usages", (*_PERIOD, "detailed"))
    chosen, links = _page(call, usages)
    if call.param("detailed") != "1":
        for usage in chosen:
            del usage["server_usages"]
    body: Usage = {"tenant_usages": chosen}
    return Answer(200, body | ({"tenant_usages_links": links} if links else {}))


@routes.route("GET", f"{_PATH}/{{id}}")
async def show(call: Call) -> Answer:
    """Show the usage of one project."""
    id_ = own_project(call, call.args["id"], "os_compute_api:os-simple-tenant-usage:show")
    path = f"{_PATH}/{quote(id_, safe='')}"
    chosen, links = _page(call, await _usages(call, path, "tenant_usage", _PERIOD))
    body: Usage = {"tenant_usage": chosen[0] if chosen else {}}
    return Answer(200, body | ({"tenant_usage_links": links} if links else {}))


async def _usages(call: Call, path: str, key: str, names: tuple[str, ...]) -> list[Usage]:
    """Return the usage of each project over all pods, with every server."""
    if COMPUTE.of(call) >= _STRICT:
        check_query(call, (*names, "limit", "marker"))
    query = [(name, call.param(name)) for name in _PERIOD if call.param(name)]
    asked = f"{path}?{urlencode([*query, ('detailed', '1')])}"
    merged: dict[str, Usage] = {}
    # In the first version that has pages: the older ones end after the first without a word.
    for first in await sum_of(call, asked, _PAGED):
        answer: PodAnswer | None = first
        while answer is not None:
            body = answer.json()
            # A strange id may have led to the list of all: what it names has used nothing.
            found = body.get(key) or []
            for usage in found if isinstance(found, list) else [found]:
                _add(merged, usage)
            answer = await _next(call, answer.pod, path, body.get(f"{key}_links"))
    return [merged[tenant] for tenant in sorted(merged)]


async def _next(
    call: Call, pod: Pod, path: str, links: list[dict[str, str]] | None
) -> PodAnswer | None:
    """Return the pod's next page; ``PodUnavailable`` when it does not come."""
    if not links:
        return None
    query = urlencode(parse_qsl(urlsplit(links[0]["href"]).query))
    answer = await call.services.regions.forward(
        pod, "compute", "GET", f"{path}?{query}", headers=await PROXY.headers(call, _PAGED)
    )
    if answer.judged().status >= 400:
        raise answer.refusal("usage")
    return answer


def _add(merged: dict[str, Usage], usage: Usage) -> None:
    known = merged.setdefault(usage["tenant_id"], usage | {"server_usages": []})
    known["server_usages"] += usage["server_usages"]
    known["start"] = min(known["start"], usage["start"])
    known["stop"] = max(known["stop"], usage["stop"])


def _page(call: Call, usages: list[Usage]) -> tuple[list[Usage], list[dict[str, str]]]:
    """Return the usages with their totals; a page is counted in servers, as Nova does."""
    rows = [row for usage in usages for row in _sorted(usage)]
    links: list[dict[str, str]] = []
    if COMPUTE.of(call) >= _PAGED:
        rows, links = page(call, rows, "instance_id")
    chosen = []
    for usage in usages:
        mine = [row for row in rows if row["tenant_id"] == usage["tenant_id"]]
        if mine:
            chosen.append(usage | {"server_usages": mine} | _totals(mine))
    return chosen, links


def _sorted(usage: Usage) -> list[Usage]:
    return sorted(usage["server_usages"], key=lambda row: str(row["instance_id"]))


def _totals(rows: list[Usage]) -> Usage:
    totals: Usage = {"total_hours": sum(row["hours"] for row in rows)}
    for name, figure in _TOTALS.items():
        totals[name] = sum(row[figure] * row["hours"] for row in rows)
    return totals
