"""The database server: one MariaDB on a unix socket, fourteen databases, and the golden copy.

Durability is given up on purpose: schemas are made in seconds and the golden copy stays small.
"""

import shutil
from functools import partial

from deploy.pods.commands import environment, run, together
from deploy.pods.layout import POD_DATABASES, PODS, SHARED_DATABASES, State
from deploy.pods.processes import Daemon


def daemon(state: State) -> Daemon:
    """The server, without a TCP port and independent of the machine's own configuration."""
    data = state.folder("data", "mariadb")
    options = (
        "--no-defaults",
        "--user=root",
        f"--datadir={data}",
        f"--socket={state.mariadb_socket}",
        f"--pid-file={state.root}/run/mariadb.own-pid",
        "--skip-networking",
        "--skip-log-bin",
        "--max-connections=1000",
        "--innodb-file-per-table=0",
        "--innodb-flush-method=nosync",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0",
        "--innodb-buffer-pool-size=256M",
        "--character-set-server=utf8mb4",
        "--transaction-isolation=READ-COMMITTED",
    )
    return Daemon("mariadb", ("/usr/sbin/mariadbd", *options), socket=state.mariadb_socket)


def initialise(state: State) -> None:
    """Make the server's own tables; root logs in without a password, but only by the socket."""
    data = state.folder("data", "mariadb")
    if (data / "mysql").is_dir():
        return
    run(
        (
            "mariadb-install-db",
            "--no-defaults",
            "--user=root",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--innodb-file-per-table=0",
            "--innodb-flush-method=nosync",
        ),
        env=environment(state),
        log=state.folder("log") / "mariadb.log",
    )


def sql(state: State, text: str, database: str = "") -> str:
    """Run SQL as root and return the rows, tab separated."""
    command = ["mariadb", "--no-defaults", "-uroot", f"-S{state.mariadb_socket}", "-N", "-B"]
    return run((*command, database) if database else command, text=text)


def create_all(state: State) -> None:
    """All databases exist, empty."""
    names = (*SHARED_DATABASES, *(f"{pod.key}_{name}" for pod in PODS for name in POD_DATABASES))
    sql(state, "".join(f"CREATE DATABASE IF NOT EXISTS {name};\n" for name in names))


def copy_schema(state: State, source: str, target: str) -> None:
    """Copy tables and rows; far quicker than running the migrations a second time."""
    dump = run(
        (
            "mariadb-dump",
            "--no-defaults",
            "-uroot",
            f"-S{state.mariadb_socket}",
            "--single-transaction",
            source,
        )
    )
    sql(state, dump, target)


def copy_pod_schemas(state: State) -> None:
    """Give every other pod the schemas of the first."""
    first, *others = PODS
    together(
        *(
            partial(copy_schema, state, f"{first.key}_{name}", f"{pod.key}_{name}")
            for pod in others
            for name in POD_DATABASES
        )
    )


def save_golden(state: State) -> None:
    """Keep the data folder as it is now; the server must be stopped."""
    golden = state.root / "golden"
    shutil.rmtree(golden, ignore_errors=True)
    shutil.copytree(state.root / "data" / "mariadb", golden)


def restore_golden(state: State) -> bool:
    """Put the kept data folder back; false when none was ever kept. The server must be stopped."""
    golden, data = state.root / "golden", state.root / "data" / "mariadb"
    shutil.rmtree(data, ignore_errors=True)
    if not golden.is_dir():
        return False
    shutil.copytree(golden, data)
    return True
