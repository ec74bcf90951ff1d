"""/flavors, with extra specs and access."""

import re
from typing import Any

import orjson

from activities.pods.versions import Version
from api.compute.proxy import PROXY
from api.compute.reports import check_query
from api.http import Answer, Call, Routes
from api.links import itself, next_page
from api.microversions import COMPUTE
from models.compute import bodies, checks
from models.compute.flavors import Flavors
from models.database.store import Row, new_id
from models.errors import BadRequest, Conflict, NotFound, PodUnavailable
from models.failures import lacking
from models.numbers import digits

routes = Routes()
_QUERY = ("limit", "marker", "is_public", "minRam", "minDisk", "sort_key", "sort_dir")
_KEY = re.compile(r"^[a-zA-Z0-9-_:. ]{1,255}$")
_PRIVATE, _DESCRIPTION, _SPECS, _NUMBERS = (2, 7), (2, 55), (2, 61), (2, 75)
# From here on Nova knows which extra specs there are.
_KNOWN_SPECS = (2, 86)


@routes.route("GET", "/flavors")
async def list_(call: Call) -> Answer:
    """List the flavors the caller may use."""
    return await _list(call, detail=False)


@routes.route("GET", "/flavors/detail")
async def detail(call: Call) -> Answer:
    """List them with all they say."""
    return await _list(call, detail=True)


@routes.route("POST", "/flavors", admin=True)
async def create(call: Call) -> Answer:
    """Create a flavor."""
    describable = COMPUTE.of(call) >= _DESCRIPTION
    body = await call.json("flavor", bodies.flavor(described=describable))
    row = await _flavors(call).create(body, describable=describable)
    return Answer(200, {"flavor": _view(call, row)})


@routes.route("GET", "/flavors/{id}")
async def show(call: Call) -> Answer:
    """Show one flavor."""
    return Answer(200, {"flavor": _view(call, await _row(call))})


@routes.route("PUT", "/flavors/{id}", admin=True)
async def update(call: Call) -> Answer:
    """Change the description, which is all that can change."""
    if COMPUTE.of(call) < _DESCRIPTION:
        raise NotFound("The resource could not be found.")
    body = await call.json("flavor", bodies.FLAVOR_CHANGE)
    row = await _flavors(call).describe(call.args["id"], body["description"])
    return Answer(200, {"flavor": _view(call, row)})


@routes.route("DELETE", "/flavors/{id}", admin=True)
async def delete(call: Call) -> Answer:
    """Delete a flavor and, in time, its copies in pods."""
    await _flavors(call).delete(call.args["id"])
    return Answer(202)


@routes.route("GET", "/flavors/{id}/os-extra_specs")
async def specs(call: Call) -> Answer:
    """List the extra specs."""
    return Answer(200, {"extra_specs": (await _row(call))["extra_specs"]})


@routes.route("POST", "/flavors/{id}/os-extra_specs", admin=True)
async def set_specs(call: Call) -> Answer:
    """Add extra specs, or replace some."""
    given = await _judged(call, _specs(await call.json("extra_specs", bodies.EXTRA_SPECS)))
    await _flavors(call).set_specs(call.args["id"], given)
    return Answer(200, {"extra_specs": given})


@routes.route("GET", "/flavors/{id}/os-extra_specs/{key}")
async def spec(call: Call) -> Answer:
    """Show one extra spec."""
    key = call.args["key"]
    found = (await _row(call))["extra_specs"]
    if key not in found:
        raise NotFound(f"Flavor {call.args['id']} has no extra specs with key {key}.")
    return Answer(200, {key: found[key]})


@routes.route("PUT", "/flavors/{id}/os-extra_specs/{key}", admin=True)
async def set_spec(call: Call) -> Answer:
    """Set one extra spec."""
    given = await _judged(call, _specs(await call.json("", bodies.EXTRA_SPEC)))
    if set(given) != {call.args["key"]}:
        raise BadRequest("Request body and URI mismatch")
    await _flavors(call).set_specs(call.args["id"], given)
    return Answer(200, given)


@routes.route("DELETE", "/flavors/{id}/os-extra_specs/{key}", admin=True)
async def unset_spec(call: Call) -> Answer:
    """Remove one extra spec."""
    await _flavors(call).unset_spec(call.args["id"], call.args["key"])
    return Answer(200)


@routes.route("GET", "/flavors/{id}/os-flavor-access", admin=True)
async def access(call: Call) -> Answer:
    """List the projects that may use a private flavor."""
    row = await _row(call)
    if row["is_public"]:
        raise NotFound("Access list not available for public flavors.")
    return Answer(200, _access(row))


@routes.route("POST", "/flavors/{id}/action", admin=True)
async def action(call: Call) -> Answer:
    """Give or take a project's access."""
    body = await call.json()
    changes = {
        "addTenantAccess": _flavors(call).grant,
        "removeTenantAccess": _flavors(call).revoke,
    }
    name = next(iter(body), "")
    if name not in changes:
        raise BadRequest("Give one action, addTenantAccess or removeTenantAccess, and its tenant.")
    bodies.FLAVOR_ACTIONS[name](body, "body")
    tenant = body[name]["tenant"]
    if name == "addTenantAccess":
        await call.services.quotas.check_project(call.caller, tenant)
    row = await _row(call)
    if name == "addTenantAccess" and row["is_public"] and COMPUTE.of(call) >= _PRIVATE:
        raise Conflict("Can not add access to a public flavor.")
    return Answer(200, _access(await changes[name](row["id"], tenant)))


def _flavors(call: Call) -> Flavors:
    return call.services.compute.flavors


async def _row(call: Call) -> Row:
    return await _flavors(call).get(call.caller, call.args["id"])


async def _list(call: Call, *, detail: bool) -> Answer:
    if COMPUTE.of(call) >= _NUMBERS:
        check_query(call, _QUERY)
    rows = await _flavors(call).list(call.caller, call.params)
    body: dict[str, Any] = {"flavors": [_view(call, row, brief=not detail) for row in rows]}
    limit = call.param("limit") or "1000"
    if rows and len(rows) == min(digits(limit), 1000):
        body["flavors_links"] = next_page(call, rows[-1].id)
    return Answer(200, body)


def _view(call: Call, row: Row, *, brief: bool = False) -> dict[str, Any]:
    version: Version = COMPUTE.of(call)
    links = [
        *itself(f"{call.base}/v2.1/flavors/{row['id']}"),
        {"rel": "bookmark", "href": f"{call.base}/flavors/{row['id']}"},
    ]
    view: dict[str, Any] = {"id": row["id"], "name": row["name"], "links": links}
    if version >= _DESCRIPTION:
        view["description"] = row["description"]
    if brief:
        return view
    view |= {
        "ram": row["ram"],
        "disk": row["disk"],
        "vcpus": row["vcpus"],
        "swap": row["swap"] or (0 if version >= _NUMBERS else ""),
        "OS-FLV-EXT-DATA:ephemeral": row["ephemeral"],
        "OS-FLV-DISABLED:disabled": row["disabled"],
        "os-flavor-access:is_public": row["is_public"],
        "rxtx_factor": row["rxtx_factor"],
    }
    if version >= _SPECS:
        view["extra_specs"] = row["extra_specs"]
    return view


def _access(row: Row) -> dict[str, Any]:
    id_ = row["id"]
    return {"flavor_access": [{"flavor_id": id_, "tenant_id": t} for t in row["access"]]}


async def _judged(call: Call, specs: dict[str, str]) -> dict[str, str]:
    """Return the specs; from 2.86 on the refusal of a pod, which knows what its drivers know.

    Nova looks at specs before it looks for their flavor, so a flavor that is none is asked about.
    """
    if COMPUTE.of(call) < _KNOWN_SPECS:
        return specs
    path, body = f"/flavors/{new_id()}/os-extra_specs", orjson.dumps({"extra_specs": specs})
    silent: list[PodUnavailable] = []
    for pod, _ in sorted(await call.services.zones.pods(), key=lambda known: not known[1]):
        try:
            answer = await PROXY.send(call, pod, body, method="POST", path=path)
        except PodUnavailable as error:
            silent.append(error)
            continue
        if answer.status == 404:
            return specs
        raise answer.refusal("extra specs")
    raise lacking(silent, "no pod is there to say whether these extra specs are valid")


def _specs(value: dict[str, Any]) -> dict[str, str]:
    for key in value:
        if not _KEY.match(key):
            raise checks.refuse("extra_specs", value, f"{key!r} does not match {_KEY.pattern!r}")
    return checks.texts(value, "extra_specs")
