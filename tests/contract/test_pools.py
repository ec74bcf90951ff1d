"""Subnet pools, address scopes, and what is read of them."""

from __future__ import annotations

from tests.contract.conftest import Places
from tests.contract.play import Play


def _scenario(play: Play) -> None:
    user, admin = play.at("demo"), play.at("admin")
    scope = user.make("/address-scopes", "address_scope", name=play.name, ip_version=4)
    pool = user.make(
        "/subnetpools",
        "subnetpool",
        name=play.name,
        prefixes=["10.97.0.0/16"],
        address_scope_id=scope["id"],
        min_prefixlen=20,
        default_prefixlen=24,
        max_prefixlen=28,
    )
    network = user.make("/networks", "network", name=play.name)
    subnet = user.make(
        "/subnets", "subnet", network_id=network["id"], ip_version=4, subnetpool_id=pool["id"]
    )
    assert subnet["cidr"] == "10.97.0.0/24"
    user("GET", f"/subnetpools?name={play.name}", expect=200)
    user("GET", f"/address-scopes?name={play.name}", expect=200)
    used = admin("GET", f"/network-ip-availabilities/{network['id']}", expect=200)
    assert used["network_ip_availability"]["total_ips"] == 253
    user("DELETE", f"/subnetpools/{pool['id']}", expect=(400, "SubnetPoolDeleteError"))
    user("DELETE", f"/address-scopes/{scope['id']}", expect=(409, "AddressScopeInUse"))
    mixed = {"name": play.name, "prefixes": ["10.0.0.0/8", "fd00::/8"]}
    user("POST", "/subnetpools", {"subnetpool": mixed}, expect=(400, "PrefixVersionMismatch"))
    user("GET", "/quotas/tenant", expect=200)


def test_pools(places: Places) -> None:
    places.compare(_scenario)


def test_a_pool_in_the_scope_of_another(places: Places) -> None:
    places.compare(_foreign)


def _foreign(play: Play) -> None:
    user, admin = play.at("demo"), play.at("admin")
    scope = admin.make("/address-scopes", "address_scope", name=play.name, ip_version=4,
                       shared=True)  # fmt: skip
    given = {"name": play.name, "prefixes": ["10.98.0.0/16"], "address_scope_id": scope["id"]}
    pool = user.make("/subnetpools", "subnetpool", **given)
    more = {"subnetpool": {"prefixes": ["10.98.0.0/16", "10.99.0.0/16"]}}
    path = f"/subnetpools/{pool['id']}"
    user("PUT", path, more, expect=(400, "IllegalSubnetPoolUpdate"))
    admin("PUT", path, more, expect=200)
