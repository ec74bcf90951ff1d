"""The block storage API's proxied resources."""

from models.resource import Home, Resource

_METADATA = ("list", "create", "replace", "show", "update", "delete")
_TRANSFER = ("list", "show", "delete")

# Create, show, delete and actions of the first three have their own code.
VOLUMES = Resource("/volumes", Home.ONE_POD, verbs=("list", "update"), detail=True)
SNAPSHOTS = Resource("/snapshots", Home.ONE_POD, verbs=("list", "update"), detail=True, brief=())
BACKUPS = Resource("/backups", Home.ONE_POD, verbs=("list", "update"), detail=True)

VOLUME = (
    VOLUMES,
    Resource("/volumes/{parent_id}/metadata", Home.PARENT, verbs=_METADATA),
    Resource("/volumes/{parent_id}/encryption", Home.PARENT),
    SNAPSHOTS,
    Resource("/snapshots/{parent_id}/metadata", Home.PARENT, verbs=_METADATA),
    BACKUPS,
    Resource(
        "/volume-transfers",
        Home.ALL_PODS,
        plural="transfers",
        verbs=_TRANSFER,
        detail=True,
        paged=True,
        brief=("id", "volume_id", "name", "links"),
    ),
    Resource(
        "/os-volume-transfer",
        Home.ALL_PODS,
        plural="transfers",
        verbs=_TRANSFER,
        detail=True,
        paged=True,
        brief=("id", "volume_id", "name", "links"),
    ),
    Resource(
        "/groups",
        Home.ONE_POD,
        verbs=("list",),
        detail=True,
        brief=("id", "name"),
        links="group_links",
    ),
    Resource(
        "/group_snapshots",
        Home.ONE_POD,
        verbs=("list",),
        detail=True,
        brief=("id", "name", "group_type_id"),
        links="group_snapshot_links",
    ),
    Resource(
        "/attachments",
        Home.ALL_PODS,
        verbs=("list", "show", "update", "delete", "action"),
        detail=True,
        paged=True,
        brief=("id", "status", "instance", "volume_id"),
    ),
    Resource("/messages", Home.ALL_PODS, verbs=("list", "show", "delete"), paged=True),
    Resource("/os-services", Home.ALL_PODS, verbs=("list",), admin=True),
    Resource("/os-hosts", Home.ALL_PODS, admin=True),
    Resource("/clusters", Home.ALL_PODS, detail=True, admin=True),
    Resource(
        "/scheduler-stats/get_pools", Home.ALL_PODS, plural="pools", verbs=("list",), admin=True
    ),
    Resource("/capabilities", Home.ALL_PODS, verbs=("show",), admin=True),
    Resource("/resource_filters", Home.ALL_PODS, verbs=("list",), merge_by="resource"),
    Resource("/extensions", Home.ALL_PODS, merge_by="alias"),
)
