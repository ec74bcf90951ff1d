"""What the lab needs from Debian and from PyPI, installed once.

The Python pins are made from requirements.in with the upper constraints of OpenStack 2025.1::

    uv pip compile --python 3.11 requirements.in -c upper-constraints-2025.1.txt \\
        --no-annotate --no-header -o requirements.lock

Without the constraints the resolver takes releases of SQLAlchemy, oslo.db and eventlet that these
versions of OpenStack were never made for.
"""

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

from deploy.pods.commands import run
from deploy.pods.console import LabError
from deploy.pods.layout import State

# program -> the Debian package that brings it
PROGRAMS = {
    "/usr/sbin/mariadbd": "mariadb-server",
    "/usr/lib/rabbitmq/bin/rabbitmq-server": "rabbitmq-server",
    "/usr/bin/memcached": "memcached",
    "/usr/sbin/ovs-vswitchd": "openvswitch-switch",
    "/usr/bin/ovn-northd": "ovn-central",
    "/usr/bin/ovn-controller": "ovn-host",
    "/sbin/ip": "iproute2",
    "/sbin/ethtool": "ethtool",
    "/sbin/sysctl": "procps",
    "/bin/ping": "iputils-ping",
    "/usr/bin/curl": "curl",
}
HERE = Path(__file__).parent
LOCK = HERE / "requirements.lock"
DRIVERS = {
    "namespaces.py": Path("nova/virt"),
    "sparse_files.py": Path("cinder/volume/drivers"),
}


def missing_packages() -> list[str]:
    """The Debian packages that still have to be installed."""
    return [package for program, package in PROGRAMS.items() if not os.path.exists(program)]


def check_machine() -> None:
    """Say what is wrong with this machine, if anything, before the first change to it."""
    if os.geteuid() != 0:
        raise LabError(
            "real regions need root (network namespaces, Open vSwitch): run this as root, or use"
            " the simulated regions, 'deploy/demo --simulated'"
        )
    trial = ("unshare", "--net", "--mount", "--propagation", "unchanged", "true")
    if subprocess.run(trial, capture_output=True).returncode:
        raise LabError(
            "this machine does not let root make network namespaces (a container without the"
            " privilege?): real regions cannot run here, 'deploy/demo --simulated' can"
        )
    if not os.path.exists("/dev/net/tun"):
        raise LabError("/dev/net/tun is missing: Open vSwitch makes its ports with it")
    packages = missing_packages()
    if packages and not shutil.which("apt-get"):
        raise LabError(
            "this is no Debian-like machine (no apt-get) and these are missing: "
            + ", ".join(packages)
        )


def install_debian(state: State) -> None:
    """All Debian packages are there, and no system service was started by installing them."""
    packages = missing_packages()
    if packages:
        script = f'. "{HERE.parent}/bootstrap"; apt_install {" ".join(packages)}'
        # With the caller's environment: it may name the proxy that apt needs.
        env = os.environ | {"TRIO2O_STATE": str(state.root)}
        run(("bash", "-eu", "-c", script), env=env)
    if still := missing_packages():
        raise LabError(f"installed, but their programs are not where Debian 12 has them: {still}")


def install_python(state: State) -> None:
    """The environment holds exactly the pins of the lock file, with bytecode."""
    stamp = state.root / "venv.stamp"
    wanted = sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    uv = os.environ.get("UV") or shutil.which("uv")
    if not uv:
        raise LabError("uv is missing: start this through deploy/lab")
    run((uv, "venv", "--quiet", "--clear", "--python", ">=3.11,<3.13", str(state.venv)))
    python = str(state.venv / "bin" / "python")
    install = (uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python)
    run((*install, "-r", str(LOCK)), log=state.folder("log") / "uv.log")
    stamp.write_text(wanted)


def install_drivers(state: State) -> None:
    """Our two drivers lie where Nova and Cinder look: Nova loads from below nova.virt only."""
    for name, target in DRIVERS.items():
        shutil.copyfile(HERE / "drivers" / name, state.site_packages / target / name)
