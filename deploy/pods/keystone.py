"""Keystone: one for all regions, served by uWSGI."""

from deploy.pods.commands import environment, run
from deploy.pods.configuration import database, write_ini
from deploy.pods.layout import KEYSTONE_PORT, KEYSTONE_URL, MEMCACHED_PORT, TOP_REGION, State
from deploy.pods.processes import Daemon


def wsgi(
    state: State, name: str, module: str, port: int, env: dict[str, str], workers: int
) -> Daemon:
    """A WSGI application under uWSGI on a loopback port."""
    command = (
        state.program("uwsgi"),
        "--master",
        "--die-on-term",
        "--need-app",
        "--lazy-apps",
        f"--http-socket=127.0.0.1:{port}",
        f"--module={module}",
        f"--virtualenv={state.venv}",
        f"--processes={workers}",
        "--enable-threads",
        "--threads=4",
        "--thunder-lock",
        "--buffer-size=65535",
        # uWSGI closes after each answer; a client that is not told loses its next request.
        "--add-header=Connection: close",
        "--log-5xx",
        "--disable-logging",
    )
    return Daemon(name, command, env=env, url=f"http://127.0.0.1:{port}/", patience=90)


def configure(state: State) -> None:
    """Write keystone.conf. Four bcrypt rounds: a token costs 23 ms instead of 346 ms."""
    keys = state.folder("etc", "keystone")
    memcached = f"127.0.0.1:{MEMCACHED_PORT}"
    write_ini(
        keys / "keystone.conf",
        {
            "DEFAULT": {"public_endpoint": KEYSTONE_URL.removesuffix("/v3")},
            "database": database(state, "keystone"),
            "token": {"provider": "fernet", "expiration": 86400, "allow_expired_window": 86400},
            "fernet_tokens": {"key_repository": keys / "fernet"},
            "credential": {"key_repository": keys / "credential"},
            "identity": {"password_hash_rounds": 4},
            "cache": {
                "enabled": "true",
                "backend": "dogpile.cache.pymemcache",
                "memcache_servers": memcached,
            },
            "oslo_concurrency": {"lock_path": state.folder("locks", "keystone")},
        },
    )


def daemon(state: State) -> Daemon:
    """The Identity API."""
    env = {"OS_KEYSTONE_CONFIG_DIR": str(state.root / "etc" / "keystone")}
    return wsgi(state, "keystone", "keystone.wsgi.api:application", KEYSTONE_PORT, env, workers=2)


def manage(state: State, *words: str) -> None:
    """Run keystone-manage."""
    configuration = str(state.root / "etc" / "keystone" / "keystone.conf")
    run(
        (state.program("keystone-manage"), "--config-file", configuration, *words),
        # By environment: a password on a command line is visible to everybody on the machine.
        env=environment(state, {"OS_BOOTSTRAP_PASSWORD": state.secrets["admin"]}),
        log=state.folder("log") / "keystone-manage.log",
    )


def make_schema(state: State) -> None:
    """Tables, keys and the administrator exist."""
    manage(state, "db_sync")
    for kind in ("fernet_setup", "credential_setup"):
        manage(state, kind, "--keystone-user", "root", "--keystone-group", "root")
    manage(
        state,
        "bootstrap",
        *("--bootstrap-region-id", TOP_REGION),
        *("--bootstrap-service-name", "keystone"),
        *("--bootstrap-public-url", KEYSTONE_URL),
        *("--bootstrap-internal-url", KEYSTONE_URL),
        *("--bootstrap-admin-url", KEYSTONE_URL),
    )
