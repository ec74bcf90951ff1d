"""Reading: what is looked at again is written nowhere."""

from __future__ import annotations

import pytest

from tests.support.client import Api
from tests.support.stack import Stack
from tests.support.topology import Site

# Every list, and of each the first one.
NETWORK = (
    "networks", "subnets", "ports", "routers", "floatingips", "security-groups",
    "security-group-rules", "subnetpools", "address-scopes", "address-groups", "rbac-policies",
    "availability_zones", "extensions",
)  # fmt: skip
COMPUTE = (
    "servers", "servers/detail", "flavors", "os-keypairs", "os-server-groups", "limits",
    "os-availability-zone",
)  # fmt: skip
OPERATOR = ("os-hypervisors/detail", "os-services", "os-aggregates")
VOLUME = ("volumes", "volumes/detail", "snapshots", "backups", "types", "limits")
ADMIN = ("pods", "bindings", "routings", "jobs", "topology")


def _look(api: Api, names: tuple[str, ...]) -> None:
    for name in names:
        answer = api("GET", f"/{name}")
        assert answer.status == 200, (name, answer.status, answer.body)
        rows = next(iter(answer.body.values()))
        if isinstance(rows, list) and rows and "id" in rows[0] and "/" not in name:
            api("GET", f"/{name}/{rows[0]['id']}")


@pytest.mark.parametrize("who", ["tenant", "admin"])
def test_a_second_look_writes_nothing(stack: Stack, who: str) -> None:
    site = Site(stack, stack.tenant())
    server = site.boot(site.net("az1", "10.0.1.0/24"))
    volume = site.volume("az1")
    site.attach_volume(server, volume)
    user = site.user if who == "tenant" else stack.admin
    quotas = (f"os-quota-sets/{site.user.project_id}",)

    def look() -> None:
        _look(user.network, NETWORK)
        _look(user.compute, COMPUTE + quotas)
        _look(user.volume, VOLUME + quotas)
        _look(user.image, ("images",))
        if who == "admin":
            _look(user.admin, ADMIN)
            _look(user.compute, OPERATOR)
            _look(user.network, ("agents",))
            _look(user.volume, ("qos-specs",))

    try:
        look()
        stack.settle()
        with stack.database.nothing_written():
            look()
    finally:
        site.drop_server(server)
        site.tear_down()
