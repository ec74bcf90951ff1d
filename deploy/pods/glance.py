"""Glance: one store for all pods, so that an image has the same id everywhere."""

from deploy.pods.commands import environment, run
from deploy.pods.configuration import database, locks, token_check, write_ini
from deploy.pods.layout import GLANCE_PORT, GLANCE_URL, PODS, State
from deploy.pods.processes import Daemon
from deploy.pods.rest import Rest

IMAGE = "cirros"
# Guests are namespaces: nothing ever boots these bytes, they only have to be there.
IMAGE_BYTES = 4 * 1024 * 1024


def configure(state: State) -> None:
    """Write glance-api.conf."""
    write_ini(
        state.root / "etc" / "glance" / "glance-api.conf",
        {
            "DEFAULT": {
                "bind_host": "127.0.0.1",
                "bind_port": GLANCE_PORT,
                "workers": 1,
                "enabled_backends": "shared:file",
                "node_staging_uri": f"file://{state.folder('data', 'glance-staging')}",
                "enabled_import_methods": "[glance-direct]",
                "use_keystone_limits": "false",
            },
            "glance_store": {"default_backend": "shared"},
            "shared": {"filesystem_store_datadir": state.folder("data", "glance")},
            "os_glance_staging_store": {
                "filesystem_store_datadir": state.folder("data", "glance-staging")
            },
            "os_glance_tasks_store": {
                "filesystem_store_datadir": state.folder("data", "glance-tasks")
            },
            "database": database(state, "glance"),
            "keystone_authtoken": token_check(state, "glance", PODS[0].name),
            "paste_deploy": {
                "flavor": "keystone",
                "config_file": state.venv / "etc" / "glance" / "glance-api-paste.ini",
            },
            "oslo_concurrency": locks(state, "glance"),
        },
    )


def _configuration(state: State) -> str:
    return str(state.root / "etc" / "glance" / "glance-api.conf")


def make_schema(state: State) -> None:
    """Glance's tables exist."""
    run(
        (state.program("glance-manage"), "--config-file", _configuration(state), "db", "sync"),
        env=environment(state),
        log=state.folder("log") / "glance-manage.log",
    )


def daemon(state: State) -> Daemon:
    """The Image API."""
    command = (state.program("glance-api"), "--config-file", _configuration(state))
    return Daemon("glance", command, url=f"{GLANCE_URL}/versions")


def add_image(state: State, rest: Rest) -> None:
    """A public image named cirros exists and is active."""
    found = rest.get(f"{GLANCE_URL}/v2/images?name={IMAGE}")["images"]
    if any(image["status"] == "active" for image in found):
        return
    image = {
        "name": IMAGE,
        "visibility": "public",
        "disk_format": "raw",
        "container_format": "bare",
        "min_disk": 0,
        "min_ram": 0,
    }
    created = rest.post(f"{GLANCE_URL}/v2/images", image)
    rest.upload(f"{GLANCE_URL}/v2/images/{created['id']}/file", bytes(IMAGE_BYTES))
