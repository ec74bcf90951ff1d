"""Running short commands, with an error that shows what they said."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from deploy.pods.console import LabError
from deploy.pods.layout import State


class Job(Protocol):
    """Something to be done at the same time as other things."""

    def __call__(self) -> Any:
        """Do it."""


def environment(state: State, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the lab's programs see: nothing of the caller's proxies, Python or OS_* variables."""
    path = ":".join(
        (str(state.venv / "bin"), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    )
    home = str(state.folder("home"))
    return {"PATH": path, "HOME": home, "LANG": "C.UTF-8", **(extra or {})}


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    text: str | None = None,
    check: bool = True,
    log: Path | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a command to its end and return what it wrote; a failure carries its output."""
    done = subprocess.run(
        command,
        env=dict(os.environ if env is None else env),
        input="" if text is None else text,
        capture_output=True,
        text=True,
        cwd=cwd,
    )
    if log:
        with log.open("a") as file:
            file.write(done.stdout + done.stderr)
    if check and done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise LabError(f"{' '.join(command)} ended with {done.returncode}:\n{said}")
    return done.stdout


def together(*jobs: Job) -> None:
    """Do all jobs at the same time; the first failure is raised when all have ended."""
    with ThreadPoolExecutor(max_workers=max(1, len(jobs))) as pool:
        futures = [pool.submit(job) for job in jobs]
    for future in futures:
        future.result()
