"""Nova of one pod: API, conductor, scheduler, and one compute host whose guests are namespaces."""

from datetime import datetime

from deploy.pods.commands import environment, run
from deploy.pods.configuration import (
    Section,
    database,
    locks,
    service_login,
    service_user,
    token_check,
    write_ini,
)
from deploy.pods.layout import Pod, State
from deploy.pods.processes import Daemon
from deploy.pods.rest import Rest, heartbeats


def configure(state: State, pod: Pod) -> None:
    """Write nova.conf, and compute.conf without databases: nova-compute refuses to see them."""
    common = _common(state, pod)
    folder = state.root / "etc" / pod.key
    write_ini(folder / "compute.conf", common)
    write_ini(
        folder / "nova.conf",
        common
        | {
            "api_database": database(state, f"{pod.key}_nova_api"),
            "database": database(state, f"{pod.key}_nova"),
        },
    )


def _common(state: State, pod: Pod) -> dict[str, Section]:
    def login(user: str) -> dict[str, object]:
        return service_login(state, user, pod.name)

    return {
        "DEFAULT": {
            "host": pod.host,
            "my_ip": "127.0.0.1",
            "state_path": state.folder("data", pod.key, "nova"),
            "transport_url": state.broker_url(pod),
            "compute_driver": "namespaces.NamespaceDriver",
            "enabled_apis": "osapi_compute",
            "osapi_compute_listen": "127.0.0.1",
            "osapi_compute_listen_port": pod.port(8774),
            "osapi_compute_workers": 1,
            "report_interval": 5,
            "allow_resize_to_same_host": "true",
        },
        "api": {"auth_strategy": "keystone"},
        "wsgi": {"api_paste_config": state.venv / "etc" / "nova" / "api-paste.ini"},
        "conductor": {"workers": 1},
        "scheduler": {"workers": 1},
        "vnc": {"enabled": "false"},
        "keystone_authtoken": token_check(state, "nova", pod.name),
        "service_user": service_user(state, "nova", pod.name),
        "neutron": login("neutron"),
        "placement": login("placement"),
        "cinder": login("cinder")
        | {
            "os_region_name": pod.name,
            "catalog_info": "block-storage:cinder:internalURL",
        },
        "glance": {"region_name": pod.name},
        "keystone": {"region_name": pod.name},
        "oslo_concurrency": locks(state, f"{pod.key}-nova"),
    }


def _manage(state: State, pod: Pod, *words: str) -> str:
    configuration = str(state.root / "etc" / pod.key / "nova.conf")
    return run(
        (state.program("nova-manage"), "--config-file", configuration, *words),
        env=environment(state),
        log=state.folder("log") / f"{pod.key}-nova-manage.log",
    )


def make_schema(state: State, pod: Pod) -> None:
    """The tables of the API, of cell0 and of the cell exist, still without a cell mapping."""
    _manage(state, pod, "api_db", "sync")
    cell0 = state.database_url(f"{pod.key}_nova_cell0")
    _manage(state, pod, "db", "sync", "--local_cell")
    configuration = str(state.root / "etc" / pod.key / "nova.conf")
    override = write_ini(
        state.root / "etc" / pod.key / "cell0.conf", {"database": {"connection": cell0}}
    )
    run(
        (
            state.program("nova-manage"),
            *("--config-file", configuration),
            *("--config-file", str(override)),
            *("db", "sync", "--local_cell"),
        ),
        env=environment(state),
        log=state.folder("log") / f"{pod.key}-nova-manage.log",
    )


def make_cells(state: State, pod: Pod) -> None:
    """Both cell mappings exist. They name this pod's databases, so no copy can bring them."""
    cell0 = state.database_url(f"{pod.key}_nova_cell0")
    _manage(state, pod, "cell_v2", "map_cell0", "--database_connection", cell0)
    known = _manage(state, pod, "cell_v2", "list_cells")
    if "cell1" not in known:
        _manage(state, pod, "cell_v2", "create_cell", "--name", "cell1")


def discover_hosts(state: State, pod: Pod) -> None:
    """The compute host is mapped to its cell and can be scheduled to."""
    _manage(state, pod, "cell_v2", "discover_hosts")


def control(state: State, pod: Pod) -> list[Daemon]:
    """API, conductor and scheduler."""
    configuration = str(state.root / "etc" / pod.key / "nova.conf")
    doors = {
        "api-os-compute": f"http://127.0.0.1:{pod.port(8774)}/",
        "conductor": None,
        "scheduler": None,
    }
    return [
        Daemon(
            f"{pod.key}-nova-{name}",
            (state.program(f"nova-{name}"), "--config-file", configuration),
            url=url,
        )
        for name, url in doors.items()
    ]


def compute(state: State, pod: Pod) -> Daemon:
    """The compute host; its environment tells our driver where to plug."""
    env = {
        "TRIO2O_POD_NAMESPACE": pod.namespace,
        "TRIO2O_OVSDB": f"unix:{state.ovn_run(pod)}/db.sock",
        "TRIO2O_GUESTS": str(state.folder("data", pod.key, "guests")),
    }
    configuration = str(state.root / "etc" / pod.key / "compute.conf")
    command = (state.program("nova-compute"), "--config-file", configuration)
    return Daemon(f"{pod.key}-nova-compute", command, env=env)


def is_up(pod: Pod, rest: Rest, since: datetime) -> bool:
    """Whether all services live; nova-compute's first sign of life comes after its guests are."""
    services = rest.get(f"{pod.nova_url}/os-services")["services"]
    wanted = {"nova-conductor", "nova-scheduler", "nova-compute"}
    return wanted <= heartbeats(services, since)
