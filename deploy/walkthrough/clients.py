"""The three ways in which the walkthrough speaks to the gateway: openstack, curl, and the SDK.

Every command is printed as a person would type it. The SDK is used only for looking and waiting:
one command of the stock client costs a second or two of processor time.
"""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import openstack
from openstack.connection import Connection

from deploy.pods.console import say
from deploy.walkthrough.report import StepFailed

OPENSTACK = str(Path(sys.prefix) / "bin" / "openstack")
PATIENCE = 180


def finished(command: list[str], shown: str, env: Mapping[str, str], text: str = "") -> str:
    """Run a command, show it, and return what it printed."""
    say(f"   $ {shown}")
    try:
        done = subprocess.run(command, env=dict(env), input=text, capture_output=True, text=True)
    except FileNotFoundError as missing:
        raise StepFailed(f"{command[0]} is not installed on this machine") from missing
    if done.returncode:
        raise StepFailed(f"ended with {done.returncode}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


class User:
    """One user of the gateway: an entry of clouds.yaml."""

    def __init__(self, cloud: str, clouds: Path) -> None:
        self._cloud = cloud
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        self._env = kept | {"OS_CLIENT_CONFIG_FILE": str(clouds), "OS_CLOUD": cloud}
        self._clouds = clouds

    @cached_property
    def sdk(self) -> Connection:
        """The SDK's connection of this user."""
        config = openstack.config.OpenStackConfig(config_files=[str(self._clouds)])
        return Connection(config=config.get_one(cloud=self._cloud))

    def get(self, service: str, path: str) -> Any:
        """What the SDK's adapter of a service reads, when every pod has told its part."""

        def complete() -> Any:
            answer = getattr(self.sdk, service).get(path)
            if answer.status_code != 200:
                raise StepFailed(f"GET {answer.url} answered {answer.status_code}: {answer.text}")
            return None if "X-Trio2o-Missing-Pods" in answer.headers else answer

        return until(f"every pod answers GET {path}", complete).json()

    def run(self, words: str) -> str:
        """``openstack --os-cloud <cloud> words``; what it printed."""
        shown = f"openstack --os-cloud {self._cloud} {words}"
        return finished([OPENSTACK, *shlex.split(words)], shown, self._env)

    def show(self, words: str) -> Any:
        """The object that a command prints."""
        return json.loads(self.run(f"{words} -f json"))

    def curl(self, method: str, url: str, body: Any = None) -> Any:
        """The answer of one request, made with curl as in the guide."""
        data = json.dumps(body) if body is not None else ""
        shown = f'curl -X {method} -H "X-Auth-Token: $TOKEN" {url}' + f" -d '{data}'" * bool(data)
        command = ["curl", "-sS", "--noproxy", "*", "-X", method, "-w", "\n%{http_code}", url]
        command += ["-H", "@-", "-H", "Content-Type: application/json"]
        command += ["-d", data] if data else []
        # The token comes by standard input: a command line is everybody's to read.
        token = f"X-Auth-Token: {self.sdk.auth_token}\n"
        answer, _, status = finished(command, shown, self._env, token).rpartition("\n")
        if not status.startswith("2"):
            raise StepFailed(f"{method} {url} answered {status}: {answer}")
        return json.loads(answer) if answer else None


def until(what: str, question: Callable[[], Any]) -> Any:
    """Ask until the answer is true and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise StepFailed(f"not so after {PATIENCE} s: {what}")
        time.sleep(0.3)
    return answer
