"""What the lab consists of and where everything lies: pods, ports, folders, names.

One lab per machine. Ports and namespaces are global to the machine, so every clone of the
repository manages the same lab in the same state folder. The folder's path is short because the
path of a unix socket may have 108 characters.
"""

import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TOP_REGION = "RegionOne"
GATEWAY_URL = "http://127.0.0.1:19999"
KEYSTONE_PORT = 5000
KEYSTONE_URL = f"http://127.0.0.1:{KEYSTONE_PORT}/v3"
GLANCE_PORT = 9292
GLANCE_URL = f"http://127.0.0.1:{GLANCE_PORT}"
RABBIT_PORT = 5673
RABBIT_DIST_PORT = 25673
EPMD_PORT = 4370
MEMCACHED_PORT = 11311

OUTSIDE = "outside"
# The outside host's devices: VLAN on the physical network extern, and address. The first is the
# guide's, the second is left to tests, so that both can be used at the same time.
OUTSIDE_WIRES = {"outside": (3001, "163.3.124.100/24"), "outside2": (3002, "203.0.113.100/24")}
PHYSICAL_NETWORKS = {"bridge": "2001:3000", "extern": "3001:4000"}


@dataclass(frozen=True)
class Pod:
    """One region of the lab, e.g. ``Pod("Pod1", 1)``."""

    name: str
    number: int

    @property
    def key(self) -> str:
        """The name in file names, hosts, databases and namespaces: ``pod1``."""
        return self.name.lower()

    @property
    def host(self) -> str:
        """Nova's host, which is also the host name of the OVN chassis."""
        return f"{self.key}-compute1"

    @property
    def namespace(self) -> str:
        """The network namespace of this pod's ovs-vswitchd and ovn-controller."""
        return f"trio2o-{self.key}"

    @property
    def tunnel_address(self) -> str:
        """The chassis' tunnel end, on the loopback device of the pod's own namespace."""
        return f"10.255.0.{self.number}"

    def port(self, customary: int) -> int:
        """The port of a service: 19696 in Pod1 and 29696 in Pod2 for Neutron's 9696."""
        return self.number * 10000 + customary

    @property
    def neutron_url(self) -> str:
        """The Network API of this pod."""
        return f"http://127.0.0.1:{self.port(9696)}"

    @property
    def nova_url(self) -> str:
        """The Compute API of this pod."""
        return f"http://127.0.0.1:{self.port(8774)}/v2.1"

    @property
    def cinder_url(self) -> str:
        """The Block Storage API of this pod."""
        return f"http://127.0.0.1:{self.port(8776)}/v3"

    @property
    def placement_url(self) -> str:
        """The Placement API of this pod."""
        return f"http://127.0.0.1:{self.port(8778)}"


PODS = (Pod("Pod1", 1), Pod("Pod2", 2))


def pods_are_hidden() -> bool:
    """Whether users' catalogues offer RegionOne only: ``TRIO2O_HIDE_PODS=1``."""
    return os.environ.get("TRIO2O_HIDE_PODS", "") not in ("", "0")


POD_DATABASES = ("nova_api", "nova_cell0", "nova", "neutron", "cinder", "placement")
SHARED_DATABASES = ("keystone", "glance")


@dataclass(frozen=True)
class State:
    """The state folder and the places in it."""

    root: Path

    @classmethod
    def from_environment(cls) -> "State":
        """The folder named by ``TRIO2O_STATE``, by default /var/tmp/trio2o."""
        return cls(Path(os.environ.get("TRIO2O_STATE", "/var/tmp/trio2o")))

    def folder(self, *parts: str) -> Path:
        """A folder below the state folder, which exists afterwards."""
        path = self.root.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def venv(self) -> Path:
        """The environment that holds OpenStack."""
        return self.root / "venv"

    def program(self, name: str) -> str:
        """The path of a program of the OpenStack environment."""
        return str(self.venv / "bin" / name)

    @property
    def site_packages(self) -> Path:
        """Where the OpenStack environment keeps its packages."""
        return next((self.venv / "lib").glob("python3.*")) / "site-packages"

    @property
    def mariadb_socket(self) -> Path:
        """The database server listens here and nowhere else."""
        return self.root / "run" / "mariadb.sock"

    def ovn_run(self, pod: Pod) -> Path:
        """The folder of one pod's OVN and OVS sockets."""
        return self.root / "run" / f"ovn-{pod.key}"

    def database_url(self, name: str) -> str:
        """The SQLAlchemy URL of one of the lab's databases."""
        return f"mysql+pymysql://root@localhost/{name}?unix_socket={self.mariadb_socket}"

    @cached_property
    def secrets(self) -> dict[str, str]:
        """This lab's own passwords, made once and kept readable for root only."""
        path = self.root / "secrets.json"
        if not path.exists():
            names = ("admin", "demo", "alt", "viewer", "trio2o", "service", "rabbit", "cookie")
            text = json.dumps({name: secrets.token_hex(12) for name in names}, indent=1)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(text)
        known: dict[str, str] = json.loads(path.read_text())
        return known

    def broker_url(self, pod: Pod) -> str:
        """The message broker's virtual host of one pod."""
        password = self.secrets["rabbit"]
        return f"rabbit://openstack:{password}@127.0.0.1:{RABBIT_PORT}/{pod.key}"
