"""/os-migrations: those of all pods, newest first."""

from activities.pods.questions import Question
from api.compute.proxy import PROXY
from api.compute.reports import page
from api.http import Answer, Call, Routes
from api.links import rehome
from api.microversions import COMPUTE
from models.resources.compute import MIGRATIONS

routes = Routes()
_PAGED = (2, 59)


@routes.route("GET", "/os-migrations", admin=True)
async def list_(call: Call) -> Answer:
    """List them."""
    kept = [pair for pair in call.params if pair[0] not in ("limit", "marker")]
    headers = await PROXY.headers(call)
    question = Question("compute", MIGRATIONS, "/os-migrations", kept, headers, call.caller)
    merged = await call.services.fanout.everything(question, marker="uuid")
    for pod, row in merged.objects:
        rehome(row, call.base, await call.services.regions.root(pod.pod_name, "compute"))
    rows = [row for _, row in merged.objects]
    rows.sort(key=lambda row: (str(row.get("created_at")), str(row.get("id"))), reverse=True)
    links: list[dict[str, str]] = []
    if COMPUTE.of(call) >= _PAGED:
        rows, links = page(call, rows, "uuid")
    body = {"migrations": rows} | ({"migrations_links": links} if links else {})
    call.missing = merged.missing
    return Answer(200, body)
