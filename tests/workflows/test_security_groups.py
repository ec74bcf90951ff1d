"""security-group-sync: a group means the same in every pod, whoever is in it and wherever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.client import Json, until
from tests.support.securityview import Admits, across, address, default_group, group_copies
from tests.support.stack import Stack
from tests.support.topology import Site


def _group(site: Site, name: str) -> str:
    answer = site.user.network("POST", "/security-groups", {"security_group": {"name": name}})
    return str(answer.body["security_group"]["id"])


def _rule(site: Site, group: str, **rule: object) -> str:
    body = {"security_group_id": group, "direction": "ingress", **rule}
    answer = site.user.network("POST", "/security-group-rules", {"security_group_rule": body})
    assert answer.status == 201, answer.body
    return str(answer.body["security_group_rule"]["id"])


def _join(site: Site, server: Json, *groups: str) -> None:
    body = {"port": {"security_groups": list(groups)}}
    site.user.network.put(f"/ports/{server['port_id']}", body)


def test_one_pod_needs_no_addresses(stack: Stack, site: Site) -> None:
    site.boot(site.net("az1", "10.0.1.0/24"))
    stack.settle()
    group = default_group(site)
    assert group_copies(stack.simulator, group) == {
        "Pod1": {Admits(group=group), Admits(group=group, ethertype="IPv6")}
    }


def test_members_in_other_pods_are_admitted(stack: Stack, site: Site) -> None:
    group = default_group(site)
    net = site.net("Pod1", "10.0.1.0/24")
    one = site.boot(net)
    two = site.boot(site.net("Pod2", "10.0.2.0/24"))
    stack.settle()
    assert across(stack.simulator, group) == {"Pod1": {address(two)}, "Pod2": {address(one)}}
    another = site.boot(net)
    three = site.boot(site.net("Pod3", "10.0.3.0/24"))
    stack.settle()
    first = {address(one), address(another)}
    assert across(stack.simulator, group) == {
        "Pod1": {address(two), address(three)},
        "Pod2": first | {address(three)},
        "Pod3": first | {address(two)},
    }
    site.drop_server(one)
    site.drop_server(three)
    stack.settle()
    assert across(stack.simulator, group) == {
        "Pod1": {address(two)},
        "Pod2": {address(another)},
    }


def test_rules_follow_into_every_pod(stack: Stack, site: Site) -> None:
    group = _group(site, "web")
    for pod, cidr in (("Pod1", "10.0.1.0/24"), ("Pod2", "10.0.2.0/24")):
        _join(site, site.boot(site.net(pod, cidr)), group)
    stack.settle()
    assert group_copies(stack.simulator, group) == {"Pod1": set(), "Pod2": set()}
    web = _rule(site, group, protocol="tcp", port_range_min=80, port_range_max=80)
    _rule(site, group, protocol="icmp")
    stack.settle()
    wanted = {Admits("tcp", low=80, high=80), Admits("icmp")}
    assert group_copies(stack.simulator, group) == {"Pod1": wanted, "Pod2": wanted}
    site.user.network.delete(f"/security-group-rules/{web}")
    site.user.network.put(f"/security-groups/{group}", {"security_group": {"name": "pages"}})
    stack.settle()
    left = {Admits("icmp")}
    assert group_copies(stack.simulator, group) == {"Pod1": left, "Pod2": left}
    for pod in ("Pod1", "Pod2"):
        names = {row["name"] for row in stack.simulator.inventory(pod)["security_groups"]}
        assert "pages" in names


def test_a_rule_admits_another_group_wherever_its_members_are(stack: Stack, site: Site) -> None:
    web, database = _group(site, "web"), _group(site, "database")
    _rule(site, database, protocol="tcp", remote_group_id=web)
    client = site.boot(site.net("Pod1", "10.0.1.0/24"))
    server = site.boot(site.net("Pod2", "10.0.2.0/24"))
    _join(site, server, database)
    stack.settle()
    assert group_copies(stack.simulator, database) == {"Pod2": {Admits("tcp", web)}}
    _join(site, client, web)
    stack.settle()
    assert group_copies(stack.simulator, database) == {
        "Pod2": {Admits("tcp", web), Admits("tcp", addresses=frozenset({address(client)}))}
    }
    assert group_copies(stack.simulator, web) == {"Pod1": set(), "Pod2": set()}
    _join(site, client, default_group(site))
    stack.settle()
    assert across(stack.simulator, database) == {"Pod2": set()}
    assert "Pod1" not in group_copies(stack.simulator, web)
    # The group goes, and the rule that admitted it; the server's group stays.
    site.user.network.delete(f"/security-groups/{web}")
    stack.settle()
    assert group_copies(stack.simulator, web) == {}
    assert group_copies(stack.simulator, database) == {"Pod2": set()}


def test_a_rule_names_addresses_in_every_pod(stack: Stack, site: Site) -> None:
    group = _group(site, "web")
    named = site.user.network.make("/address-groups", name="office", addresses=["192.0.2.0/24"])
    path = f"/address-groups/{named['id']}"
    servers = [
        site.boot(site.net(pod, cidr))
        for pod, cidr in (("Pod1", "10.0.1.0/24"), ("Pod2", "10.0.2.0/24"))
    ]
    for server in servers:
        _join(site, server, group)
    rule = _rule(site, group, protocol="tcp", remote_address_group_id=named["id"])
    stack.settle()
    office = {"192.0.2.0/24"}
    assert across(stack.simulator, group) == {"Pod1": office, "Pod2": office}
    site.user.network.put(f"{path}/add_addresses", {"addresses": ["198.51.100.7/32"]})
    stack.settle()
    more = office | {"198.51.100.7/32"}
    assert across(stack.simulator, group) == {"Pod1": more, "Pod2": more}
    site.user.network.put(f"{path}/remove_addresses", {"addresses": ["192.0.2.0/24"]})
    stack.settle()
    left = {"198.51.100.7/32"}
    assert across(stack.simulator, group) == {"Pod1": left, "Pod2": left}
    assert site.user.network("DELETE", path).fault == "AddressGroupInUse"
    _join(site, servers[1])
    stack.settle()
    assert across(stack.simulator, group) == {"Pod1": left}
    assert not stack.simulator.inventory("Pod2")["address_groups"]
    site.user.network.delete(f"/security-group-rules/{rule}")
    site.user.network.delete(path)
    stack.settle()
    assert across(stack.simulator, group) == {"Pod1": set()}
    assert not stack.simulator.inventory("Pod1")["address_groups"]


def test_a_group_of_another_project_is_made_in_the_pod(stack: Stack, site: Site) -> None:
    other = Site(stack, stack.tenant())
    group = _group(site, "ours")
    _rule(site, group, protocol="icmp")
    given = {"object_type": "security_group", "action": "access_as_shared", "object_id": group}
    policies = "/rbac-policies"
    policy = {"rbac_policy": {**given, "target_tenant": other.user.project_id}}
    policy_id = site.user.network("POST", policies, policy).body["rbac_policy"]["id"]
    shown = other.user.network.get(f"/security-groups/{group}")
    assert shown["shared"] is True
    listed = other.user.network.list("/security-groups?shared=true", "security_groups")
    assert [row["id"] for row in listed] == [group]
    server = other.boot(other.net("Pod1", "10.0.1.0/24"))
    _join(other, server, group)
    stack.settle()
    assert group_copies(stack.simulator, group) == {"Pod1": {Admits("icmp")}}
    taken = site.user.network("DELETE", f"{policies}/{policy_id}")
    assert taken.fault == "RbacPolicyInUse"
    _join(other, server)
    stack.settle()
    assert group_copies(stack.simulator, group) == {}
    _join(other, server, group)
    stack.settle()
    other.drop_server(server)
    stack.settle()
    assert group_copies(stack.simulator, group) == {}
    site.user.network.delete(f"{policies}/{policy_id}")
    assert other.user.network("GET", f"/security-groups/{group}").status == 404
    other.tear_down()


def test_two_groups_that_admit_each_other(stack: Stack, site: Site) -> None:
    one, two = _group(site, "one"), _group(site, "two")
    _rule(site, one, remote_group_id=two)
    _rule(site, two, remote_group_id=one)
    net = site.net("Pod1", "10.0.1.0/24")
    servers = [site.boot(net), site.boot(net)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: _join(site, *pair), zip(servers, (one, two), strict=True)))
    stack.settle()
    assert group_copies(stack.simulator, one) == {"Pod1": {Admits(group=two)}}
    assert group_copies(stack.simulator, two) == {"Pod1": {Admits(group=one)}}


def test_servers_at_once_share_one_copy(stack: Stack, site: Site) -> None:
    nets = [site.net(f"Pod{n % 2 + 1}", f"10.0.{n}.0/24") for n in range(4)]
    site.flavor()
    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(site.boot, nets))
    stack.settle()
    even = {address(server) for server in servers[::2]}
    odd = {address(server) for server in servers[1::2]}
    assert across(stack.simulator, default_group(site)) == {"Pod1": odd, "Pod2": even}


def test_a_port_that_no_server_used_leaves_nothing(stack: Stack, site: Site) -> None:
    net = site.net("Pod1", "10.0.1.0/24")
    server = site.boot(net)
    site.user.network.make("/ports", network_id=net.id)
    site.drop_server(server)
    stack.settle()
    assert list(group_copies(stack.simulator, default_group(site))) == ["Pod1"]


def test_the_default_group_goes_from_the_pods_as_well(stack: Stack, site: Site) -> None:
    site.drop_server(site.boot(site.net("Pod1", "10.0.1.0/24")))
    group = default_group(site)
    stack.settle()
    project = site.user.project_id
    assert stack.simulator.own_groups("Pod1", project)
    stack.admin.network.delete(f"/security-groups/{group}")
    stack.settle()
    assert not any(stack.simulator.own_groups(pod, project) for pod in ("Pod1", "Pod2"))


def test_a_dead_pod_does_not_keep_the_others_from_it(stack: Stack, site: Site) -> None:
    group = _group(site, "web")
    for pod, cidr in (("Pod1", "10.0.1.0/24"), ("Pod2", "10.0.2.0/24")):
        _join(site, site.boot(site.net(pod, cidr)), group)
    stack.settle()
    stack.simulator.die("Pod2")
    wanted: set[Admits] = set()
    try:
        # Also the second, third: while the first still waits for the dead pod.
        for protocol in ("icmp", "tcp", "udp"):
            _rule(site, group, protocol=protocol)
            wanted.add(Admits(protocol))
            until(
                lambda: group_copies(stack.simulator, group)["Pod1"] == wanted,
                "the living pod has the rule",
            )
        jobs = stack.jobs(resource_id=f"{group}/Pod2", state="running")
        assert len(jobs) == 1
    finally:
        stack.simulator.revive("Pod2")
    stack.settle()
    assert group_copies(stack.simulator, group) == {"Pod1": wanted, "Pod2": wanted}
