"""Each pod alone is a working OpenStack region whose guests carry packets."""

from types import SimpleNamespace
from uuid import uuid4

import pytest


@pytest.fixture(scope="module")
def site(pod, eventually):
    """A flavor, a tenant network behind a router, and two servers on it."""
    flavor = pod.admin.show(
        *("flavor", "create", "--ram", "64", "--disk", "1", f"lab-{uuid4().hex[:8]}")
    )
    pod.user.do("network", "create", "tenant")
    subnet = ("subnet", "create", "--network", "tenant", "--subnet-range", "10.1.0.0/24")
    pod.user.do(*subnet, "tenant")
    pod.user.do("router", "create", "tenant")
    pod.user.do("router", "add", "subnet", "tenant", "tenant")
    where = ("--flavor", flavor["id"], "--image", "cirros", "--network", "tenant")
    pod.user.do("server", "create", *where, "one")
    pod.user.do("server", "create", "--wait", *where, "two")
    assert eventually(lambda: pod.user.show("server", "show", "one")["status"] == "ACTIVE")
    servers = [pod.user.show("server", "show", name) for name in ("one", "two")]
    yield SimpleNamespace(
        flavor=flavor["id"],
        servers=[server["id"] for server in servers],
        addresses=[server["addresses"]["tenant"][0] for server in servers],
    )
    pod.user.do("server", "delete", "--wait", "one", "two")
    assert not any(pod.guest(server["id"]).exists for server in servers)
    pod.user.do("router", "remove", "subnet", "tenant", "tenant")
    pod.user.do("router", "delete", "tenant")
    pod.user.do("network", "delete", "tenant")
    pod.admin.do("flavor", "delete", flavor["id"])


@pytest.fixture(scope="module")
def external(pod, site):
    """The network on which the outside host sits, as the router's gateway."""
    name = f"lab-external-{uuid4().hex[:8]}"
    provider = ("--provider-network-type", "vlan", "--provider-physical-network", "extern")
    # Not the VLAN of the guide: what deploy/demo made may still be there.
    vlan = ("--provider-segment", "3002")
    pod.admin.do("network", "create", "--external", *provider, *vlan, name)
    first = 10 * pod.number
    pool = f"start=203.0.113.{100 + first},end=203.0.113.{109 + first}"
    addresses = ("--subnet-range", "203.0.113.0/24", "--gateway", "203.0.113.1", "--no-dhcp")
    pod.admin.do(
        *("subnet", "create", "--network", name, *addresses, "--allocation-pool", pool, name)
    )
    pod.user.do("router", "set", "--external-gateway", name, "tenant")
    yield name
    pod.user.do("router", "unset", "--external-gateway", "tenant")
    pod.admin.do("network", "delete", name)


@pytest.fixture
def floating_ip(pod, site, external):
    pod.user.do("security", "group", "rule", "create", "--protocol", "tcp", "default")
    created = pod.user.show("floating", "ip", "create", external)
    pod.user.do("server", "add", "floating", "ip", "one", created["floating_ip_address"])
    yield created["floating_ip_address"]
    pod.user.do("floating", "ip", "delete", created["id"])


def test_active_server_has_active_port(pod, site):
    for port in pod.user.show("port", "list", "--long", "--server", "one"):
        assert port["Status"] == "ACTIVE"


def test_guests_reach_each_other(pod, site, tmp_path):
    one, two = (pod.guest(server) for server in site.servers)
    assert one.pings(site.addresses[1])
    with two.serving(tmp_path, "I am two"):
        assert one.fetch(site.addresses[1]) == "I am two"


def test_guest_has_the_mtu_and_route_of_its_network(pod, site):
    guest = pod.guest(site.servers[0])
    assert "mtu 1442" in guest.run("ip", "link").stdout
    assert "default via 10.1.0.1" in guest.run("ip", "route").stdout


def test_guest_reaches_the_outside_host(pod, site, external):
    assert pod.guest(site.servers[1]).pings("203.0.113.100")


def test_outside_host_reaches_a_floating_ip(pod, site, floating_ip, tmp_path):
    with pod.guest(site.servers[0]).serving(tmp_path, "I am one"):
        assert pod.outside.fetch(floating_ip) == "I am one"


def test_stopped_guest_is_silent(pod, site, eventually):
    neighbour = pod.guest(site.servers[0])
    pod.user.do("server", "stop", "two")
    assert eventually(lambda: pod.user.show("server", "show", "two")["status"] == "SHUTOFF")
    assert not neighbour.pings(site.addresses[1])
    pod.user.do("server", "start", "two")
    assert eventually(lambda: pod.user.show("server", "show", "two")["status"] == "ACTIVE")
    assert neighbour.pings(site.addresses[1])


def test_second_interface_comes_and_goes(pod, site, eventually):
    pod.user.do("network", "create", "tenant-second")
    second = ("--network", "tenant-second", "--subnet-range", "10.2.0.0/24")
    pod.user.do("subnet", "create", *second, "tenant-second")
    port = pod.user.show("port", "create", "--network", "tenant-second", "second")
    address = port["fixed_ips"][0]["ip_address"]
    guest = pod.guest(site.servers[0])
    pod.user.do("server", "add", "port", "one", "second")
    assert eventually(lambda: address in guest.run("ip", "addr").stdout)
    pod.user.do("server", "remove", "port", "one", "second")
    assert eventually(lambda: address not in guest.run("ip", "addr").stdout)
    pod.user.do("port", "delete", "second")
    pod.user.do("network", "delete", "tenant-second")


def test_volume_from_image_is_attached_and_snapshotted(pod, site, eventually):
    def status(kind, name):
        return pod.user.show("volume", *kind, "show", name)["status"]

    pod.user.do("volume", "create", "--size", "1", "--image", "cirros", "disk")
    assert eventually(lambda: status((), "disk") == "available")
    pod.user.do("volume", "snapshot", "create", "--volume", "disk", "moment")
    assert eventually(lambda: status(("snapshot",), "moment") == "available")
    pod.user.do("volume", "snapshot", "delete", "moment")
    pod.user.do("server", "add", "volume", "one", "disk")
    assert eventually(lambda: status((), "disk") == "in-use")
    pod.user.do("server", "remove", "volume", "one", "disk")
    assert eventually(lambda: status((), "disk") == "available")
    pod.user.do("volume", "delete", "disk")
    assert eventually(lambda: not pod.user.show("volume", "list"))
