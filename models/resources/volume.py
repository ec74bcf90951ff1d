"""The block storage API's proxied resources."""

from models.resource import Home, Resource

VOLUMES = Resource(
    "/volumes", Home.ONE_POD, verbs=("list", "show", "update", "action"), detail=True
)  # create and delete have their own code

TYPES = Resource("/types", Home.ALL_PODS, plural="volume_types", merge_by="name")

VOLUME = (
    VOLUMES,
    Resource(
        "/volumes/{parent_id}/metadata",
        Home.PARENT,
        verbs=("list", "create", "replace", "show", "update", "delete"),
    ),
    TYPES,
    Resource("/types/{parent_id}/extra_specs", Home.ALL_PODS),
    Resource("/os-services", Home.ALL_PODS, verbs=("list",), admin=True),
    Resource("/extensions", Home.ALL_PODS, merge_by="alias"),
)
