"""The compute API's proxied resources: where each lives, and what may be done with it."""

from models.resource import Home, Resource

# Lists, create, show, delete and actions have their own code.
SERVERS = Resource("/servers", Home.ONE_POD, verbs=("update",), detail=True)

# These two are asked for everywhere, but what comes back is changed: they have code of their own.
HYPERVISORS = Resource("/os-hypervisors", Home.ALL_PODS, detail=True, admin=True)
MIGRATIONS = Resource("/os-migrations", Home.ALL_PODS, verbs=("list",), admin=True)

OS_VOLUMES = Resource(
    "/os-volumes", Home.ONE_POD, detail=True, plural="volumes", singular="volume", brief=()
)  # until 2.35

OS_SNAPSHOTS = Resource(
    "/os-snapshots", Home.ONE_POD, detail=True, plural="snapshots", singular="snapshot", brief=()
)  # until 2.35

OS_HOSTS = Resource("/os-hosts", Home.ALL_PODS, admin=True)  # until 2.42
BAREMETAL_NODES = Resource(
    "/os-baremetal-nodes", Home.ALL_PODS, plural="nodes", admin=True
)  # until 2.35

SERVER_VOLUME_ATTACHMENTS = Resource(
    "/servers/{parent_id}/os-volume_attachments",
    Home.PARENT,
    verbs=("list", "show", "delete"),
)
OF_SERVERS = (
    Resource(
        "/servers/{parent_id}/metadata",
        Home.PARENT,
        verbs=("list", "create", "replace", "show", "update", "delete"),
    ),
    Resource(
        "/servers/{parent_id}/tags",
        Home.PARENT,
        verbs=("list", "replace", "clear", "show", "update", "delete"),
    ),
    Resource("/servers/{parent_id}/os-instance-actions", Home.PARENT),
    Resource("/servers/{parent_id}/diagnostics", Home.PARENT, verbs=("list",)),
    Resource("/servers/{parent_id}/topology", Home.PARENT, verbs=("list",)),
    Resource("/servers/{parent_id}/os-server-password", Home.PARENT, verbs=("list", "clear")),
    Resource("/servers/{parent_id}/remote-consoles", Home.PARENT, verbs=("create",)),
    Resource(
        "/servers/{parent_id}/migrations",
        Home.PARENT,
        verbs=("list", "show", "delete", "action"),
    ),
    Resource(
        "/servers/{parent_id}/shares", Home.PARENT, verbs=("list", "show", "create", "delete")
    ),
)
CONSOLE_AUTH_TOKENS = Resource(
    "/os-console-auth-tokens", Home.ALL_PODS, verbs=("show",), admin=True
)
EXTENSIONS = Resource("/extensions", Home.ALL_PODS, merge_by="alias")
