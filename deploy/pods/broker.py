"""The message broker (one RabbitMQ, a virtual host per pod), its port mapper, and memcached."""

import time

from deploy.pods.commands import environment, run
from deploy.pods.console import LabError
from deploy.pods.layout import (
    EPMD_PORT,
    MEMCACHED_PORT,
    PODS,
    RABBIT_DIST_PORT,
    RABBIT_PORT,
    State,
)
from deploy.pods.processes import Daemon

NODE = "trio2o@localhost"


def memcached(state: State) -> Daemon:
    """The token cache of Keystone and of every service."""
    command = ("memcached", "-u", "root", "-l", "127.0.0.1", "-p", str(MEMCACHED_PORT), "-m", "64")
    return Daemon("memcached", command, port=MEMCACHED_PORT)


def epmd(state: State) -> Daemon:
    """Erlang's port mapper, the lab's own: RabbitMQ would start one on every address."""
    command = ("epmd", "-address", "127.0.0.1", "-port", str(EPMD_PORT))
    return Daemon("epmd", command, env=_env(state), port=EPMD_PORT)


def rabbitmq(state: State) -> Daemon:
    """The broker; Debian's wrapper would change the user, so its inner script runs."""
    (state.folder("etc", "rabbitmq") / "rabbitmq.conf").write_text(
        "\n".join(
            (
                f"listeners.tcp.1 = 127.0.0.1:{RABBIT_PORT}",
                "vm_memory_high_watermark.absolute = 512MB",
                "disk_free_limit.absolute = 50MB",
                "default_user = openstack",
                f"default_pass = {state.secrets['rabbit']}",
                "",
            )
        )
    )
    command = ("/usr/lib/rabbitmq/bin/rabbitmq-server",)
    return Daemon("rabbitmq", command, env=_env(state), port=RABBIT_PORT)


def _env(state: State) -> dict[str, str]:
    home = state.folder("data", "rabbitmq")
    cookie = home / ".erlang.cookie"
    if not cookie.exists():
        cookie.touch(mode=0o600)
        cookie.write_text(state.secrets["cookie"])
        cookie.chmod(0o400)
    loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
    return {
        "HOME": str(home),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(EPMD_PORT),
        "RABBITMQ_NODENAME": NODE,
        "RABBITMQ_DIST_PORT": str(RABBIT_DIST_PORT),
        "RABBITMQ_CONFIG_FILE": str(state.root / "etc" / "rabbitmq" / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": str(state.root / "etc" / "rabbitmq" / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(state.root / "etc" / "rabbitmq" / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(state.folder("log")),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(state.root / "run" / "rabbitmq.own-pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": loopback,
        "RABBITMQ_SERVER_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        "RABBITMQ_CTL_ERL_ARGS": loopback,
    }


def _ctl(state: State, *words: str) -> str:
    command = ("/usr/lib/rabbitmq/bin/rabbitmqctl", "-q", "-n", NODE, *words)
    return run(command, env=environment(state, _env(state)))


def add_virtual_hosts(state: State) -> None:
    """Every pod has its virtual host. Retried: the node answers AMQP before it is booted."""
    for attempt in range(30):
        try:
            known = _ctl(state, "list_vhosts", "--no-table-headers").split()
            break
        except LabError:
            if attempt == 29:
                raise
            time.sleep(1)
    for pod in PODS:
        if pod.key not in known:
            _ctl(state, "add_vhost", pod.key)
            _ctl(state, "set_permissions", "-p", pod.key, "openstack", ".*", ".*", ".*")
