"""Parts of the test files that take about as long as each other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

# Measured with two at once on two cores; a file that is not named takes a moment.
SECONDS = {
    "workflows/test_calls.py": 120,
    "api/test_hanging_pod.py": 124,
    "workflows/test_orders.py": 80,
    "api/test_creations.py": 75,
    "api/test_values.py": 71,
    "workflows/test_faults.py": 65,
    "api/test_boots.py": 61,
    "workflows/test_commits.py": 60,
    "api/test_missing_services.py": 57,
    "workflows/test_crashes.py": 41,
    "workflows/test_bridges.py": 40,
    "workflows/test_security_groups.py": 36,
    "api/test_silent_pods.py": 28,
    "workflows/test_floatingips.py": 28,
    "api/test_scopes.py": 33,
    "workflows/test_router_interfaces.py": 27,
    "api/test_volumes.py": 25,
    "workflows/test_router_gateway.py": 25,
    "workflows/test_updates.py": 23,
    "api/test_gabbis.py": 30,
    "workflows/test_temporal.py": 22,
    "workflows/test_model.py": 20,
    "workflows/test_predecessors.py": 17,
    "workflows/test_shown_addresses.py": 16,
    "api/network/test_readback.py": 15,
    "api/test_quotas.py": 15,
    "api/test_one_region.py": 14,
    "architecture/test_planted.py": 14,
    "workflows/test_security_answers.py": 13,
    "api/test_parallel_changes.py": 12,
    "api/test_postgresql.py": 11,
    "api/test_slow_clients.py": 11,
    "api/test_compute_admin.py": 10,
    "api/network/test_revisions.py": 9,
    "workflows/test_port_bindings.py": 8,
    "api/test_image_per_pod.py": 7,
    "api/network/test_odd_subnets.py": 7,
    "api/test_bad_input.py": 7,
    "workflows/test_router_alone.py": 7,
    "workflows/test_upkeep_alone.py": 6,
    "workflows/test_lost_temporal.py": 5,
    "unit/network/test_refusals.py": 11,
    "unit/network/test_revisions.py": 9,
    "unit/network/ports/test_rows.py": 8,
    "unit/test_leases.py": 6,
    "unit/network/routers/test_plan.py": 6,
    "unit/test_copies.py": 5,
    "unit/network/test_across_pods.py": 4,
    "unit/test_wire.py": 4,
    "unit/network/floatingips/test_rows.py": 4,
    "unit/network/subnets/test_rows.py": 4,
    "unit/compute/servers/test_servers.py": 4,
    "unit/network/test_networks.py": 4,
    "unit/network/test_rbac_policies.py": 3,
}


def part_of(files: Iterable[Path], root: Path, part: int, parts: int) -> set[Path]:
    """The files of one part, counted from 1; always the same ones of the same files."""
    seconds = {file: SECONDS.get(file.relative_to(root).as_posix(), 1) for file in files}
    shares: list[set[Path]] = [set() for _ in range(parts)]
    taken = [0] * parts
    for file in sorted(seconds, key=lambda file: (-seconds[file], file)):
        lightest = taken.index(min(taken))
        shares[lightest].add(file)
        taken[lightest] += seconds[file]
    return shares[part - 1]
