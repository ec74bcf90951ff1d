"""The two real regions of deploy/lab, as the stock client and the guests see them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

ROOT = Path(__file__).parents[2]
STATE = Path(os.environ.get("TRIO2O_STATE", "/var/tmp/trio2o"))
KINDS = ("server", "volume", "floating ip", "router", "port", "subnet", "network")


class Client:
    """The stock ``openstack`` client, as one user in one region."""

    def __init__(self, variables: dict[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        self._process = subprocess.Popen(
            (sys.executable, "-m", "deploy.shell"),
            env=kept | variables,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, *words: str) -> str:
        """Run a command; what it printed."""
        questions, answers = self._process.stdin, self._process.stdout
        assert questions is not None
        assert answers is not None
        questions.write(json.dumps(words) + "\n")
        questions.flush()
        code, output, errors = json.loads(answers.readline())
        assert code == 0, f"openstack {' '.join(words)}\n{output}{errors}"
        return str(output)

    def close(self) -> None:
        """The client's process has ended."""
        self._process.communicate()

    def show(self, *words: str) -> Any:
        """Run a command that prints an object or a list; that object or list."""
        return json.loads(self.do(*words, "-f", "json"))


class Namespace:
    """A guest, or the outside host: where its commands run."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def exists(self) -> bool:
        """Whether there is such a host."""
        return Path(f"/run/netns/{self.name}").exists()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the host."""
        inside = ("ip", "netns", "exec", self.name, *command)
        return subprocess.run(inside, capture_output=True, text=True)

    def pings(self, address: str) -> bool:
        """Whether the address answers one of a few pings."""
        return self.run("ping", "-c", "5", "-i", "0.3", "-W", "2", address).returncode == 0

    def fetch(self, address: str) -> str:
        """What the web server at the address says."""
        command = ("curl", "-sS", "-m", "10", "--retry", "5", "--retry-connrefused")
        return self.run(*command, f"http://{address}/").stdout

    @contextmanager
    def serving(self, folder: Path, text: str) -> Iterator[None]:
        """The host serves this text by HTTP."""
        (folder / "index.html").write_text(text)
        command = ("python3", "-m", "http.server", "80", "-d", str(folder))
        server = subprocess.Popen(
            ("ip", "netns", "exec", self.name, *command),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            server.terminate()
            server.wait()


class Pod:
    """One region: its clients, its guests, and what the tests' project has in it."""

    def __init__(self, number: int, admin: dict[str, str], user: dict[str, str]) -> None:
        self.number = number
        region = {"OS_REGION_NAME": f"Pod{number}"}
        self.admin = Client(admin | region)
        self.user = Client(user | region)
        self.outside = Namespace("outside")

    def guest(self, server_id: str) -> Namespace:
        """The guest of a server."""
        return Namespace(f"guest-{server_id}")

    def close(self) -> None:
        """The clients have ended."""
        self.admin.close()
        self.user.close()

    def objects(self) -> dict[str, list[str]]:
        """What the project has here, by kind."""
        found = {kind: self.user.show(kind, "list") for kind in KINDS}
        # External networks are everybody's to see; the project owns none.
        found["network"] = [row for row in found["network"] if row["Name"].startswith("tenant")]
        found["subnet"] = [row for row in found["subnet"] if row["Name"].startswith("tenant")]
        return {kind: [row["ID"] for row in rows] for kind, rows in found.items() if rows}


def _variables(user: str) -> dict[str, str]:
    shell = f'eval "$({ROOT}/deploy/lab rc Pod1 {user})"; env'
    lines = subprocess.run(("bash", "-c", shell), capture_output=True, text=True, check=True)
    pairs = (line.split("=", 1) for line in lines.stdout.splitlines() if line.startswith("OS_"))
    return {name: value for name, value in pairs}


@pytest.fixture(scope="session")
def lab() -> None:
    """The lab is up; otherwise what needs it is skipped, and says why."""
    status = subprocess.run((ROOT / "deploy" / "lab", "status"), capture_output=True, text=True)
    if status.returncode:
        pytest.skip("the real regions are not up: 'deploy/lab up' starts them")


@pytest.fixture(scope="session")
def project(lab: None) -> Iterator[dict[str, str]]:
    """The variables of a user whose project is the tests' own."""
    name, password = f"lab-{uuid4().hex[:8]}", uuid4().hex
    admin = Client(_variables("admin"))
    admin.do("project", "create", name)
    admin.do("user", "create", "--password", password, name)
    admin.do("role", "add", "--user", name, "--project", name, "member")
    variables = _variables("demo")
    login = {"OS_USERNAME": name, "OS_PASSWORD": password, "OS_PROJECT_NAME": name}
    yield variables | login
    for pod in ("Pod1", "Pod2"):
        client = Client(_variables("admin") | {"OS_REGION_NAME": pod})
        for group in client.show("security", "group", "list", "--project", name):
            client.do("security", "group", "delete", group["ID"])
        client.close()
    admin.do("user", "delete", name)
    admin.do("project", "delete", name)
    admin.close()


@pytest.fixture(scope="module", params=[1, 2], ids=["Pod1", "Pod2"])
def pod(
    request: pytest.FixtureRequest,
    project: dict[str, str],
    eventually: Callable[[Callable[[], bool]], bool],
) -> Iterator[Pod]:
    """Each pod in turn. Whatever the tests made must be gone when they have ended."""
    pod = Pod(request.param, _variables("admin"), project)
    yield pod
    # Nova lists a server for a moment longer than it shows it.
    eventually(lambda: not pod.objects())
    left = pod.objects()
    pod.close()
    assert left == {}


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Ask until the answer is yes; the answer is no after a minute."""

    def ask(question: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + 60
        while not (answer := question()) and time.monotonic() < deadline:
            time.sleep(0.5)
        return answer

    return ask
