"""OpenTofu with the provider for OpenStack, as one user of one region."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SCENARIO = Path(__file__).parent / "scenario"
SOURCE = "terraform-provider-openstack/openstack"
# What -detailed-exitcode says of a plan that would change something.
WOULD_CHANGE = 2
LONGEST = 8000


class Failed(Exception):
    """What a step was not to do, in OpenTofu's own words."""


class Tofu:
    """The scenario's state in a folder of its own; its log has every request and answer."""

    def __init__(self, program: Path, provider: Path, folder: Path) -> None:
        self._program = program
        self._folder = folder
        # No registry is asked for a provider that is overridden.
        overrides = f'dev_overrides {{\n    "{SOURCE}" = "{provider.parent}"\n  }}'
        configuration = folder / "tofu.rc"
        configuration.write_text(f"provider_installation {{\n  {overrides}\n  direct {{}}\n}}\n")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("OS_", "TF_", "TRIO2O_"))}
        self._env = kept | {
            "TF_CLI_CONFIG_FILE": str(configuration),
            "TF_DATA_DIR": str(folder / "data"),
            "TF_IN_AUTOMATION": "1",
            "TF_LOG_PROVIDER": "DEBUG",
            "TF_LOG_PATH": str(folder / "log"),
            "OS_DEBUG": "1",
            "CHECKPOINT_DISABLE": "1",
        }

    def use(self, login: Mapping[str, str], variables: Mapping[str, Any]) -> None:
        """Work as this user, with these variables of the scenario and a new key."""
        key = Ed25519PrivateKey.generate().public_key()
        public = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        # As ssh-keygen writes it.
        given = {**variables, "key": f"{public} terraform\n"}
        self._env |= login
        self._env |= {
            f"TF_VAR_{name}": value if isinstance(value, str) else json.dumps(value)
            for name, value in given.items()
        }
        self.forget()

    def forget(self) -> None:
        """There is no state any more."""
        shutil.rmtree(self._folder / "data", ignore_errors=True)
        for file in self._folder.glob("state*"):
            file.unlink()

    def apply(self, generation: int, parallelism: int) -> None:
        """The project is as this generation says."""
        self._do("apply", generation, "-auto-approve", f"-parallelism={parallelism}")

    def expect_no_change(self, generation: int) -> None:
        """What is there is what was asked for."""
        self._do("plan", generation, "-detailed-exitcode")

    def destroy(self, parallelism: int) -> None:
        """Everything in the state is gone."""
        self._do("destroy", 2, "-auto-approve", f"-parallelism={parallelism}")

    def _do(self, what: str, generation: int, *words: str) -> None:
        state = f"-state={self._folder / 'state'}"
        command = (str(self._program), f"-chdir={SCENARIO}", what, state, "-no-color", *words)
        env = self._env | {"TF_VAR_generation": str(generation)}
        done = subprocess.run(
            (*command, "-input=false", "-compact-warnings"),
            env=env,
            capture_output=True,
            text=True,
        )
        if done.returncode == WOULD_CHANGE and what == "plan":
            raise Failed(done.stdout[-LONGEST:])
        if done.returncode:
            raise Failed(done.stderr[-LONGEST:])
