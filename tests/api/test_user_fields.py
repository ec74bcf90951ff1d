"""What users write is no key, and no way round a policy."""

from __future__ import annotations

from tests.support.client import until
from tests.support.stack import Stack
from tests.support.topology import Site


def test_an_address_of_another_is_refused_by_every_door(stack: Stack) -> None:
    admin = stack.admin.network
    shared = admin.make("/networks", name="all", shared=True)["id"]
    admin.make("/subnets", network_id=shared, cidr="10.66.0.0/24", ip_version=4)
    site = Site(stack, stack.tenant())
    user, gateway = site.user, "10.66.0.1"
    port = {"network_id": shared, "fixed_ips": [{"ip_address": gateway}]}
    assert user.network("POST", "/ports", {"port": port}).status == 403
    server = {"name": "vm", "imageRef": site.image(), "flavorRef": site.flavor()}
    nics = [{"uuid": shared, "fixed_ip": gateway}]
    booted = user.compute("POST", "/servers", {"server": {**server, "networks": nics}})
    assert booted.status == 403, booted.body
    made = user.compute("POST", "/servers", {"server": {**server, "networks": [{"uuid": shared}]}})
    assert made.status == 202, made.body
    id_ = made.body["server"]["id"]
    until(lambda: user.compute.get(f"/servers/{id_}")["status"] == "ACTIVE", "it runs")
    nic = {"net_id": shared, "fixed_ips": [{"ip_address": gateway}]}
    plugged = user.compute("POST", f"/servers/{id_}/os-interface", {"interfaceAttachment": nic})
    assert plugged.status == 403, plugged.body
    user.compute.delete(f"/servers/{id_}")
    until(lambda: not admin.list(f"/ports?device_id={id_}"), "its port is gone")
    stack.settle()
    admin.delete(f"/networks/{shared}")


def test_who_writes_a_servers_id_on_a_port_has_no_part_in_it(stack: Stack) -> None:
    site, stranger = Site(stack, stack.tenant()), stack.tenant()
    net = site.net(None, "10.67.0.0/24")
    server = {"name": "vm", "imageRef": site.image(), "flavorRef": site.flavor()}
    nics = {"networks": [{"uuid": net.id}]}
    made = site.user.compute("POST", "/servers", {"server": {**server, **nics}})
    id_ = made.body["server"]["id"]
    theirs = stranger.network.make("/networks", name="theirs")["id"]
    stranger.network.make("/subnets", network_id=theirs, cidr="10.68.0.0/24", ip_version=4)
    port = stranger.network.make("/ports", network_id=theirs, device_id=id_)
    groups = site.user.compute("GET", f"/servers/{id_}/os-security-groups").body
    assert {group["tenant_id"] for group in groups["security_groups"]} == {site.user.project_id}
    site.user.network.make("/security-groups", name="more")
    action = {"addSecurityGroup": {"name": "more"}}
    added = site.user.compute("POST", f"/servers/{id_}/action", action)
    assert added.status == 202, added.body
    site.user.compute.delete(f"/servers/{id_}")
    stack.settle()
    assert stranger.network.get(f"/ports/{port['id']}")["device_id"] == id_
    stranger.network.delete(f"/ports/{port['id']}")
    stranger.network.delete(f"/networks/{theirs}")
    site.tear_down()


def test_a_name_may_end_as_a_format(stack: Stack) -> None:
    user = stack.tenant()
    user.compute.make("/os-keypairs", name="a")
    assert user.compute("DELETE", "/os-keypairs/a.json").status == 404
    assert user.compute("GET", "/os-keypairs/a").status == 200
    assert user.network("GET", "/networks.json").status == 200
