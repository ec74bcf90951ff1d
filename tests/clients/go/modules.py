"""Clients written in Go, built from their modules at the pinned versions."""

import json
import os
from pathlib import Path

from deploy.pods.commands import run
from deploy.pods.console import LabError, step
from deploy.pods.layout import State

# Module, version and hash as in a go.sum; a module's own go.sum has those of all it needs.
PINS = Path(__file__).parent / "modules.sum"
GOPHERCLOUD = "github.com/gophercloud/gophercloud/v2"
OPENTOFU = "github.com/opentofu/opentofu"
PROVIDER = "github.com/terraform-provider-openstack/terraform-provider-openstack/v3"
# One compiler at a time and behind everything else: whatever runs beside this goes on.
_BUILD = ("nice", "-n", "19")


class Modules:
    """What was built lies in the state folder, by module and version, and is built once."""

    def __init__(self, state: State) -> None:
        self._root = state.root / "go"
        self._pins = {
            module: (version, hash_)
            for module, version, hash_ in map(str.split, PINS.read_text().splitlines())
        }

    def program(self, module: str, package: str, name: str) -> Path:
        """The program of one package, under this name."""
        return self._built(module, package, name, ("build",))

    def tests(self, module: str, package: str, tags: str) -> Path:
        """The tests of one package, as a program."""
        name = package.strip("./").replace("/", "-")
        return self._built(module, package, name, ("test", "-c", "-tags", tags))

    def source(self, module: str) -> Path:
        """The module's files, which are those of the pinned hash."""
        version, hash_ = self._pins[module]
        said = json.loads(run((_go(), "mod", "download", "-json", f"{module}@{version}")))
        if said["Sum"] != hash_:
            raise LabError(f"{module} {version} is {said['Sum']}, not {hash_}")
        return Path(said["Dir"])

    def _built(self, module: str, package: str, name: str, how: tuple[str, ...]) -> Path:
        version = self._pins[module][0]
        program = self._root / module.replace("/", "-") / version / name
        if program.exists():
            return program
        with step(f"{name} {version}, built from its module"):
            source = self.source(module)
            program.parent.mkdir(parents=True, exist_ok=True)
            unfinished = program.with_suffix(".part")
            flags = ("-p", "1", "-trimpath", "-o", str(unfinished), package)
            settings = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
            settings["GOFLAGS"] = "-mod=readonly -buildvcs=false"
            env = dict(os.environ) | settings
            run((*_BUILD, _go(), *how, *flags), cwd=source, env=env)
            unfinished.rename(program)
        return program


def _go() -> str:
    return os.environ.get("GO", "go")
