"""What the guide makes and what users add, undone through the gateway: nothing stays."""

from __future__ import annotations

from tests.support.lab import LabStack
from tests.support.topology import Site

CIDR = "203.0.113.0/24"
POOL = [{"start": "203.0.113.20", "end": "203.0.113.90"}]
# What a pod must have meanwhile, or seeing none of it afterwards means nothing.
SEEN = {
    *("networks", "subnets", "ports", "routers", "floatingips", "security-groups"),
    *("security-group-rules", "servers", "flavors", "keypairs", "volumes", "attachments"),
}


def test_everything_undone_leaves_nothing(stack: LabStack, site: Site) -> None:
    before = stack.things_in_pods()
    site.user.compute.make("/os-keypairs", name="key")
    group = site.user.network.make("/security-groups", name="web")
    site.user.network.make(
        "/security-group-rules",
        security_group_id=group["id"],
        direction="ingress",
        protocol="tcp",
        port_range_min=80,
        port_range_max=80,
        remote_group_id=group["id"],
    )
    near, far = site.net("az1", "10.0.1.0/24"), site.net("az2", "10.0.2.0/24")
    wanted = {"key_name": "key", "security_groups": [{"name": "web"}, {"name": "default"}]}
    servers = [site.boot(near, "az1", **wanted), site.boot(far, "az2", **wanted)]
    for server, zone in zip(servers, ("az1", "az2"), strict=True):
        site.attach_volume(server, site.volume(zone))
    outside, router = site.external("Pod2", CIDR, allocation_pools=POOL), site.router()
    site.gateway(router, outside)
    site.attach(router, near)
    site.attach(router, far)
    for server in servers:
        site.floating(outside, server["port_id"])
    site.active(router)
    stack.settle()
    fresh = stack.things_in_pods() - before
    for pod in stack.pods:
        kinds = {kind for where, kind, _ in fresh if where == pod}
        assert kinds >= SEEN, f"{pod} lists nothing new of {SEEN - kinds}"
    # What comes after this undoes it, and finds what is left: see the fixture.
