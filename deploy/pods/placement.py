"""Placement of one pod, under uWSGI."""

from deploy.pods.commands import environment, run
from deploy.pods.configuration import database, token_check, write_ini
from deploy.pods.keystone import wsgi
from deploy.pods.layout import Pod, State
from deploy.pods.processes import Daemon
from deploy.pods.rest import Rest


def configure(state: State, pod: Pod) -> None:
    """Write placement.conf in a folder of its own, as the application looks for it there."""
    write_ini(
        state.folder("etc", pod.key, "placement") / "placement.conf",
        {
            "api": {"auth_strategy": "keystone"},
            "placement_database": database(state, f"{pod.key}_placement"),
            "keystone_authtoken": token_check(state, "placement", pod.name),
        },
    )


def _folder(state: State, pod: Pod) -> str:
    return str(state.root / "etc" / pod.key / "placement")


def make_schema(state: State, pod: Pod) -> None:
    """Placement's tables exist."""
    run(
        (state.program("placement-manage"), "--config-dir", _folder(state, pod), "db", "sync"),
        env=environment(state),
        log=state.folder("log") / f"{pod.key}-placement-manage.log",
    )


def daemon(state: State, pod: Pod) -> Daemon:
    """The Placement API."""
    env = {"OS_PLACEMENT_CONFIG_DIR": _folder(state, pod)}
    name, module = f"{pod.key}-placement", "placement.wsgi.api:application"
    return wsgi(state, name, module, pod.port(8778), env, workers=1)


def is_up(pod: Pod, rest: Rest) -> bool:
    """Whether the compute host has told what it offers; the scheduler finds none before."""
    url = f"{pod.placement_url}/resource_providers"
    providers = rest.get(f"{url}?name={pod.host}")["resource_providers"]
    if not providers:
        return False
    inventories = rest.get(f"{url}/{providers[0]['uuid']}/inventories")["inventories"]
    return bool(inventories)
