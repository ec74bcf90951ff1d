"""Where the processes under test keep their files."""

from __future__ import annotations

import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
# Two stacks, each with a Temporal that remembers a quarter of an hour of work.
_ROOM = 2**31


def memory() -> Path | None:
    """A folder in memory, if the machine has one with room; None: the usual one will do.

    Temporal's development server writes some 30 MB a second through to the disk, and all that
    waits for it waits for the disk. A process that is killed loses nothing there either.
    """
    room = shutil.disk_usage(_MEMORY).free if _MEMORY.is_dir() else 0
    return _MEMORY if room > _ROOM else None
