"""Real packets: commands in the guests and on the outside host, which are namespaces."""

import os
import sys
from pathlib import Path

from deploy.pods.layout import OUTSIDE
from deploy.pods.processes import Daemon, Supervisor
from deploy.walkthrough.clients import finished
from deploy.walkthrough.report import StepFailed


class Host:
    """A guest of the lab, or the host outside."""

    def __init__(self, name: str, namespace: str) -> None:
        self.name = name
        self.namespace = namespace

    @classmethod
    def guest(cls, name: str, server_id: str) -> "Host":
        """The guest of a server; its namespace carries the server's id."""
        return cls(name, f"guest-{server_id}")

    @classmethod
    def outside(cls) -> "Host":
        """The host on the external network."""
        return cls("outside", OUTSIDE)

    def run(self, words: str) -> str:
        """Run a command there; what it printed."""
        shown = f"ip netns exec {self.namespace} {words}"
        return finished(shown.split(), shown, os.environ)

    def ping(self, address: str) -> str:
        """The line that tells how quickly the address answered; the first packets may be lost."""
        last = self.run(f"ping -c 5 -i 0.3 -W 2 {address}").strip().splitlines()
        return "\n   ".join(line for line in last if "transmitted" in line or "rtt" in line)

    def serve(self, supervisor: Supervisor, folder: Path) -> None:
        """The host answers HTTP with its name, and goes on doing so after the walkthrough."""
        (folder / "index.html").write_text(f"hello from {self.name}\n")
        command = (sys.executable, "-m", "http.server", "80", "--directory", str(folder))
        name = f"web-{self.name}"
        supervisor.stop([name])
        supervisor.start(Daemon(name, command, namespace=self.namespace))

    def fetch(self, address: str, expected: str) -> str:
        """What the web server at the address says, which must be the expected text."""
        retries = "--retry 8 --retry-delay 1 --retry-all-errors"
        said = self.run(f"curl -sS -m 5 {retries} http://{address}/").strip()
        if said != expected:
            raise StepFailed(f"http://{address}/ said {said!r} and not {expected!r}")
        return said
