"""Two halves of all test files that take about as long as each other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

# Measured with both halves at once on two cores; a file that is not named takes a moment.
SECONDS = {
    "workflows/test_faults.py": 107,
    "workflows/test_orders.py": 90,
    "workflows/test_crashes.py": 75,
    "workflows/test_model.py": 70,
    "workflows/test_floatingips.py": 69,
    "workflows/test_security_groups.py": 60,
    "api/test_gabbis.py": 49,
    "api/test_boots.py": 46,
    "workflows/test_commits.py": 45,
    "workflows/test_router_interfaces.py": 37,
    "workflows/test_updates.py": 35,
    "workflows/test_router_gateway.py": 35,
    "workflows/test_temporal.py": 22,
    "workflows/test_router_alone.py": 20,
    "api/test_bad_input.py": 16,
    "api/test_parallel_changes.py": 16,
    "api/test_image_per_pod.py": 14,
    "api/test_volumes.py": 12,
    "api/test_tenancy.py": 11,
    "api/test_topology.py": 9,
    "api/admin/test_adoption.py": 9,
    "workflows/test_lost_temporal.py": 8,
    "workflows/test_upkeep_alone.py": 8,
    "api/test_compute_admin.py": 7,
    "api/test_quotas.py": 6,
}


def half_of(files: Iterable[Path], root: Path, half: int) -> set[Path]:
    """The files of the first or the second half; always the same ones."""
    seconds = {file: SECONDS.get(file.relative_to(root).as_posix(), 1) for file in files}
    halves: tuple[set[Path], set[Path]] = (set(), set())
    taken = [0, 0]
    for file in sorted(seconds, key=lambda file: (-seconds[file], file)):
        lighter = taken.index(min(taken))
        halves[lighter].add(file)
        taken[lighter] += seconds[file]
    return halves[half - 1]
