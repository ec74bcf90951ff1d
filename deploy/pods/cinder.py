"""Cinder of one pod: API, scheduler, and one back end of sparse files."""

from datetime import datetime

from deploy.pods.commands import environment, run
from deploy.pods.configuration import (
    database,
    locks,
    service_login,
    service_user,
    token_check,
    write_ini,
)
from deploy.pods.layout import GLANCE_URL, Pod, State
from deploy.pods.processes import Daemon
from deploy.pods.rest import Rest, heartbeats

TYPE = "file"


def configure(state: State, pod: Pod) -> None:
    """Write cinder.conf."""
    shipped = state.venv / "etc" / "cinder"
    write_ini(
        state.root / "etc" / pod.key / "cinder.conf",
        {
            "DEFAULT": {
                "host": f"{pod.key}-storage1",
                "state_path": state.folder("data", pod.key, "cinder"),
                "transport_url": state.broker_url(pod),
                "auth_strategy": "keystone",
                "api_paste_config": shipped / "api-paste.ini",
                "resource_query_filters_file": shipped / "resource_filters.json",
                "osapi_volume_listen": "127.0.0.1",
                "osapi_volume_listen_port": pod.port(8776),
                "osapi_volume_workers": 1,
                "glance_api_servers": GLANCE_URL,
                "enabled_backends": TYPE,
                "default_volume_type": TYPE,
                "my_ip": "127.0.0.1",
                "report_interval": 5,
            },
            TYPE: {
                "volume_driver": "cinder.volume.drivers.sparse_files.SparseFileDriver",
                "volume_backend_name": TYPE,
                "sparse_files_folder": state.folder("data", pod.key, "volumes"),
            },
            "database": database(state, f"{pod.key}_cinder"),
            "keystone_authtoken": token_check(state, "cinder", pod.name),
            "service_user": service_user(state, "cinder", pod.name),
            "nova": service_login(state, "nova", pod.name) | {"interface": "internal"},
            "coordination": {"backend_url": f"file://{state.folder('locks', f'{pod.key}-tooz')}"},
            "oslo_concurrency": locks(state, f"{pod.key}-cinder"),
        },
    )


def _configuration(state: State, pod: Pod) -> str:
    return str(state.root / "etc" / pod.key / "cinder.conf")


def make_schema(state: State, pod: Pod) -> None:
    """Cinder's tables exist."""
    program = state.program("cinder-manage")
    run(
        (program, "--config-file", _configuration(state, pod), "db", "sync"),
        env=environment(state),
        log=state.folder("log") / f"{pod.key}-cinder-manage.log",
    )


def control(state: State, pod: Pod) -> list[Daemon]:
    """API and scheduler."""
    url = f"http://127.0.0.1:{pod.port(8776)}/"
    return [_daemon(state, pod, "api", url), _daemon(state, pod, "scheduler")]


def volume(state: State, pod: Pod) -> Daemon:
    """The volume service."""
    return _daemon(state, pod, "volume")


def _daemon(state: State, pod: Pod, name: str, url: str | None = None) -> Daemon:
    command = (state.program(f"cinder-{name}"), "--config-file", _configuration(state, pod))
    return Daemon(f"{pod.key}-cinder-{name}", command, url=url)


def add_type(pod: Pod, rest: Rest) -> None:
    """The volume type of the back end exists; volumes without a type get it."""
    types = f"{pod.cinder_url}/types"
    if any(known["name"] == TYPE for known in rest.get(types)["volume_types"]):
        return
    extra = {"volume_backend_name": TYPE}
    rest.post(types, {"volume_type": {"name": TYPE, "extra_specs": extra}})


def is_up(pod: Pod, rest: Rest, since: datetime) -> bool:
    """Whether scheduler and volume service live."""
    services = rest.get(f"{pod.cinder_url}/os-services")["services"]
    return {"cinder-scheduler", "cinder-volume"} <= heartbeats(services, since)
