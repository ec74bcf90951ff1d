"""Owners: whose the object of a call is, for policies that ask (``%(project_id)s``)."""

from api.http import Call, Route

# What lives in one pod, by its noun, as routings name it.
_IN_PODS = {
    "servers": "server",
    "volumes": "volume",
    "os-volumes": "volume",
    "snapshots": "snapshot",
    "os-snapshots": "snapshot",
    "backups": "backup",
    "groups": "group",
    "group_snapshots": "group_snapshot",
}
_OF_PROJECTS = {"os-quota-sets", "os-simple-tenant-usage"}
_OF_USERS = {"os-keypairs"}


async def target(call: Call, service: str, route: Route) -> dict[str, str]:
    """Return the owner of the object that a path names; the caller where it names none.

    What is not known of the owner is not in it. ``NotFound`` for an object that the caller may
    not know of.
    """
    caller = call.caller
    noun, _, rest = route.path.strip("/").partition("/")
    if not rest.startswith("{") or noun in _OF_USERS:
        return _of(caller.project_id) | {"user_id": caller.user_id}
    first = next(iter(call.args.values()))
    if rest.startswith("{project_id}") or noun in _OF_PROJECTS:
        return _of(first)
    if service == "network":
        collection = getattr(call.services.network, noun.replace("-", "_"), None)
        if collection is not None:
            return _of((await collection.get(caller, first))["project_id"])
    elif noun == "os-server-groups":
        group = await call.services.compute.server_groups.get(caller, first)
        return _of(group["project_id"]) | {"user_id": group["user_id"]}
    elif noun in _IN_PODS:
        home = await call.services.places.home(_IN_PODS[noun], first)
        # A stranger's is told as missing by who serves the path.
        return _of(home[1] if home and caller.admin else caller.project_id)
    return {}


def _of(project_id: str) -> dict[str, str]:
    return {"project_id": project_id, "tenant_id": project_id}
