"""The block storage API's proxied resources."""

from models.resource import Home, Resource

_METADATA = ("list", "create", "replace", "show", "update", "delete")


def _transfers(path: str) -> Resource:
    return Resource(
        path,
        Home.ALL_PODS,
        plural="transfers",
        verbs=("list", "show", "delete"),
        detail=True,
        paged=True,
        brief=("id", "volume_id", "name", "links"),
    )


# Create, show, delete and actions of the first three have their own code.
VOLUMES = Resource("/volumes", Home.ONE_POD, verbs=("list", "update"), detail=True)
SNAPSHOTS = Resource(
    "/snapshots",
    Home.ONE_POD,
    verbs=("list", "update"),
    detail=True,
    brief=(
        *("id", "created_at", "updated_at", "name", "description", "volume_id", "status"),
        *("size", "metadata"),
    ),
)
BACKUPS = Resource("/backups", Home.ONE_POD, verbs=("list", "update"), detail=True)
VOLUME_METADATA = Resource("/volumes/{parent_id}/metadata", Home.PARENT, verbs=_METADATA)
VOLUME_ENCRYPTION = Resource("/volumes/{parent_id}/encryption", Home.PARENT)
SNAPSHOT_METADATA = Resource("/snapshots/{parent_id}/metadata", Home.PARENT, verbs=_METADATA)
VOLUME_TRANSFERS = _transfers("/volume-transfers")
OS_VOLUME_TRANSFER = _transfers("/os-volume-transfer")
GROUPS = Resource(
    "/groups",
    Home.ONE_POD,
    verbs=("list",),
    detail=True,
    brief=("id", "name"),
    links="group_links",
)
GROUP_SNAPSHOTS = Resource(
    "/group_snapshots",
    Home.ONE_POD,
    verbs=("list",),
    detail=True,
    brief=("id", "name", "group_type_id"),
    links="group_snapshot_links",
)
# Groups and their snapshots, as they were called before there were several kinds of them.
CONSISTENCYGROUPS = Resource(
    "/consistencygroups",
    Home.ONE_POD,
    verbs=("list",),
    detail=True,
    brief=("id", "name"),
    links="consistencygroup_links",
    routed="group",
)
CGSNAPSHOTS = Resource(
    "/cgsnapshots",
    Home.ONE_POD,
    verbs=("list",),
    detail=True,
    brief=("id", "name"),
    routed="group_snapshot",
)
ATTACHMENTS = Resource(
    "/attachments",
    Home.ALL_PODS,
    verbs=("list", "show", "update", "delete", "action"),
    detail=True,
    paged=True,
    brief=("id", "status", "instance", "volume_id"),
)
MESSAGES = Resource("/messages", Home.ALL_PODS, verbs=("list", "show", "delete"), paged=True)
SERVICES = Resource("/os-services", Home.ALL_PODS, verbs=("list",), admin=True)
HOSTS = Resource("/os-hosts", Home.ALL_PODS, admin=True)
CLUSTERS = Resource("/clusters", Home.ALL_PODS, detail=True, admin=True)
POOLS = Resource(
    "/scheduler-stats/get_pools", Home.ALL_PODS, plural="pools", verbs=("list",), admin=True
)
CAPABILITIES = Resource("/capabilities", Home.ALL_PODS, verbs=("show",), admin=True)
RESOURCE_FILTERS = Resource(
    "/resource_filters", Home.ALL_PODS, verbs=("list",), merge_by="resource"
)
EXTENSIONS = Resource("/extensions", Home.ALL_PODS, merge_by="alias")
