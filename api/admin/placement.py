"""/placement: where a project's next object would go, and why; nothing is made for it."""

from api.http import Answer, Call, Routes
from models.admin.fields import known
from models.errors import BadRequest

routes = Routes()
_PARAMETERS = ("az", "project")


@routes.route("GET", "/placement", admin=True)
async def show(call: Call) -> Answer:
    """Explain the order of the pods; ``rank`` 1 would be tried first, null never."""
    known(dict(call.params), _PARAMETERS)
    zone, project = call.param("az"), call.param("project")
    inner = await call.services.compute.inner_zones.pods(zone) if zone else []
    choices = await call.services.placement.explain(project, "" if inner else zone)
    if inner:
        choices = [choice for choice in choices if choice.pod in inner]
    if zone and not choices:
        raise BadRequest(f"There is no availability zone {zone}.")
    ranks = [choice.rank for choice in choices if choice.rank]
    pods = [
        {
            "pod_id": choice.pod.pod_id,
            "pod_name": choice.pod.pod_name,
            "az_name": choice.pod.az_name,
            "state": choice.pod.state,
            "rank": ranks.index(choice.rank) + 1 if choice.rank else None,
            "reasons": list(choice.reasons),
        }
        for choice in choices
    ]
    first = pods[0]["pod_name"] if pods and pods[0]["rank"] else None
    placement = {"az": zone or None, "project": project or None, "chosen": first, "pods": pods}
    return Answer(body={"placement": placement})
