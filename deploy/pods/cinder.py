"""Cinder of one pod: API, scheduler, one back end of sparse files, and backups to a folder."""

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
# A chunk of a backup is held in memory, and by default it is a gigabyte.
BACKUP_CHUNK_BYTES = 32 * 1024**2


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
                "backup_driver": "cinder.backup.drivers.posix.PosixBackupDriver",
                "backup_posix_path": state.folder("data", pod.key, "backups"),
                "backup_file_size": BACKUP_CHUNK_BYTES,
                "backup_compression_algorithm": "zstd",
            },
            # By default sudo starts the helper; the lab is root already and may have no sudo.
            "privsep_osbrick": {"helper_command": _privsep_helper(state, pod)},
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


def _privsep_helper(state: State, pod: Pod) -> str:
    return f"{state.program('privsep-helper')} --config-file {_configuration(state, pod)}"


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


def backup(state: State, pod: Pod) -> Daemon:
    """The backup service."""
    return _daemon(state, pod, "backup")


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
    """Whether scheduler, volume and backup service live."""
    services = rest.get(f"{pod.cinder_url}/os-services")["services"]
    wanted = {"cinder-scheduler", "cinder-volume", "cinder-backup"}
    return wanted <= heartbeats(services, since)
