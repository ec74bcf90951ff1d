"""Ports: addresses and MACs, groups, and whose port is whose."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import Conflict, Forbidden, GatewayError, NotFound
from models.values import Caller
from tests.unit.network.world import ADMIN, EAST, STRANGER, USER, WEST, World


def _ips(port: dict[str, Any]) -> list[str]:
    return [ip["ip_address"] for ip in port["fixed_ips"]]


async def test_a_port_has_an_address_a_mac_and_the_default_group(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/30")
    port = await world.ports.create(USER, {"network_id": network["id"]})
    groups = (await world.groups.list(USER, [])).items
    assert _ips(port) == ["10.0.0.2"]
    assert port["mac_address"].startswith("fa:16:3e:")
    assert port["security_groups"] == [group["id"] for group in groups]
    with pytest.raises(Conflict) as refused:
        await world.ports.create(USER, {"network_id": network["id"]})
    assert refused.value.kind == "IpAddressGenerationFailure"


@pytest.mark.parametrize(
    ("given", "addresses"),
    [
        ({"fixed_ips": [{"ip_address": "10.0.0.7"}]}, ["10.0.0.7"]),
        ({"fixed_ips": [{"ip_address": "10.0.0.7"}, {"ip_address": "10.0.0.8"}]}, None),
        ({"fixed_ips": []}, []),
        ({"device_owner": "network:dhcp"}, None),
        ({"port_security_enabled": False}, None),
        ({"allowed_address_pairs": [{"ip_address": "10.0.0.99"}]}, None),
        ({"mac_address": "fa:16:3e:00:00:01"}, None),
        ({"security_groups": []}, None),
        ({"name": "p", "device_id": "d", "tags": None}, None),
    ],
)
async def test_ports_that_can_be(
    world: World, given: dict[str, Any], addresses: list[str] | None
) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    body = {k: v for k, v in given.items() if k != "tags"}
    port = await world.ports.create(USER, {"network_id": network["id"], **body})
    assert addresses is None or _ips(port) == addresses
    assert (await world.ports.show(USER, port["id"])) == port


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"network_id": "nothing"}, None),
        ({"fixed_ips": [{"ip_address": "10.9.0.7"}]}, "InvalidIpForNetwork"),
        ({"fixed_ips": [{"ip_address": "10.0.0.0"}]}, None),
        ({"fixed_ips": [{"subnet_id": "00000000-0000-4000-8000-000000000000"}]}, None),
        ({"fixed_ips": [{"ip_address": "10.0.0.7"}] * 2}, None),
        ({"fixed_ips": [{"red": 1}]}, None),
        ({"device_owner": "network:router_interface"}, "InvalidInput"),
        ({"mac_address": "x"}, None),
        ({"security_groups": ["00000000-0000-4000-8000-000000000000"]}, "SecurityGroupNotFound"),
        (
            {"port_security_enabled": False, "allowed_address_pairs": [{"ip_address": "1.1.1.1"}]},
            "AddressPairAndPortSecurityRequired",
        ),
        (
            {"port_security_enabled": False, "security_groups": ["x"]},
            None,
        ),
        ({"binding:host_id": "h"}, "PolicyNotAuthorized"),
        ({"red": 1}, "HTTPBadRequest"),
    ],
)
async def test_ports_that_cannot_be(world: World, given: dict[str, Any], kind: str | None) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    with pytest.raises(GatewayError) as refused:
        await world.ports.create(USER, {"network_id": network["id"], **given})
    assert kind is None or refused.value.kind == kind
    assert (await world.ports.list(ADMIN, [])).items == []


async def test_an_address_is_one_ports_own(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    wish = {"fixed_ips": [{"ip_address": "10.0.0.7"}], "mac_address": "fa:16:3e:00:00:01"}
    first = await world.ports.create(USER, {"network_id": network["id"], **wish})
    for same in ("fixed_ips", "mac_address"):
        with pytest.raises(Conflict):
            await world.ports.create(USER, {"network_id": network["id"], same: wish[same]})
    await world.ports.delete(USER, first["id"])
    await world.ports.create(USER, {"network_id": network["id"], **wish})


async def test_a_port_moves_and_its_copy_follows(world: World) -> None:
    network, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    port = await world.server_port(network, EAST)
    wish = [{"subnet_id": subnet["id"], "ip_address": "10.0.0.77"}]
    changed = await world.ports.update(USER, port["id"], {"fixed_ips": wish, "name": "n"})
    assert changed["fixed_ips"] == wish
    assert ("update-copies", port["id"]) in await world.jobs()
    await world.ports.delete(USER, port["id"])
    assert ("clean-up", port["id"]) in await world.jobs()


async def test_a_mac_changes_where_the_port_is_not_bound(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    port = await world.ports.create(USER, {"network_id": network["id"]})
    other = await world.ports.create(USER, {"network_id": network["id"]})
    mac = {"mac_address": "fa:16:3e:11:22:33"}
    assert (await world.ports.update(ADMIN, port["id"], mac))["mac_address"] == mac["mac_address"]
    with pytest.raises(Conflict) as taken:
        await world.ports.update(ADMIN, other["id"], mac)
    assert taken.value.kind == "MacAddressInUse"
    with pytest.raises(Forbidden):
        await world.ports.update(USER, port["id"], mac)
    world.plugged.refusal = Conflict("bound", "PortBound")
    with pytest.raises(Conflict):
        await world.ports.update(ADMIN, port["id"], {"mac_address": None})


async def test_an_address_made_from_a_mac_changes_with_it(world: World) -> None:
    network = await world.network()
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    await world.subnet(network, "fd00::/64", **modes)
    port = await world.ports.create(
        USER, {"network_id": network["id"], "mac_address": "fa:16:3e:00:00:01"}
    )
    assert _ips(port) == ["fd00::f816:3eff:fe00:1"]
    changed = await world.ports.update(ADMIN, port["id"], {"mac_address": "fa:16:3e:00:00:02"})
    assert _ips(changed) == ["fd00::f816:3eff:fe00:2"]


async def test_groups_of_a_port_change(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    port = await world.server_port(network, EAST)
    group = await world.groups.create(USER, {"name": "g"})
    changed = await world.ports.update(USER, port["id"], {"security_groups": [group["id"]]})
    assert changed["security_groups"] == [group["id"]]
    foreign = await world.groups.create(STRANGER, {"name": "g"})
    with pytest.raises(NotFound):
        await world.ports.update(USER, port["id"], {"security_groups": [foreign["id"]]})
    with pytest.raises(Conflict):
        await world.ports.update(USER, port["id"], {"port_security_enabled": False})
    with pytest.raises(Conflict):
        await world.groups.delete(USER, group["id"])
    bare = {"port_security_enabled": False, "security_groups": []}
    assert (await world.ports.update(USER, port["id"], bare))["port_security_enabled"] is False


@pytest.mark.parametrize(
    "given",
    [
        {"mac_address": "fa:16:3e:00:00:09"},
        {"port_security_enabled": False},
        {"allowed_address_pairs": [{"ip_address": "10.0.0.9"}]},
        {"device_owner": "network:dhcp"},
        {"fixed_ips": [{"ip_address": "10.0.0.9"}]},
    ],
)
async def test_a_guest_in_a_network_decides_little(world: World, given: dict[str, Any]) -> None:
    network = await world.network(ADMIN, shared=True)
    await world.subnet(network, caller=ADMIN)
    with pytest.raises(Forbidden):
        await world.ports.create(STRANGER, {"network_id": network["id"], **given})
    guest = await world.ports.create(STRANGER, {"network_id": network["id"]})
    with pytest.raises(NotFound):
        await world.ports.show(USER, guest["id"])


async def test_the_port_of_a_router_is_its_own(world: World) -> None:
    _, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    router = await world.routers.create(USER, {"name": "r"})
    added = await world.interfaces.add(USER, router["id"], {"subnet_id": subnet["id"]})
    with pytest.raises(Conflict) as refused:
        await world.ports.delete(USER, added["port_id"])
    assert refused.value.kind == "ServicePortInUse"
    for change in ({"device_id": "x"}, {"device_owner": ""}):
        with pytest.raises(GatewayError):
            await world.ports.update(USER, added["port_id"], change)
    moved = [{"subnet_id": subnet["id"], "ip_address": "10.0.0.50"}]
    await world.ports.update(USER, added["port_id"], {"fixed_ips": moved})
    assert (await world.jobs())[-1][1] == added["port_id"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ip_address=10.0.0.7", ["a"]),
        ("subnet_id=nothing", []),
        ("ip_address_substr=10.0", ["a", "b"]),
    ],
)
async def test_ports_are_found_by_address(world: World, query: str, found: list[str]) -> None:
    network, _ = await world.in_pod(WEST, "10.0.0.0/24")
    for name, address in (("a", "10.0.0.7"), ("b", "10.0.0.8")):
        wish = {"name": name, "fixed_ips": [{"ip_address": address}]}
        await world.ports.create(USER, {"network_id": network["id"], **wish})
    items = (await world.ports.list(USER, [("fixed_ips", query)])).items
    assert sorted(item["name"] for item in items) == found
    with pytest.raises(GatewayError):
        await world.ports.list(USER, [("fixed_ips", "red=1")])


async def test_a_profile_is_set_by_services(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    body = {"network_id": network["id"], "binding:profile": {"trusted": "true"}}
    with pytest.raises(Forbidden):
        await world.ports.create(ADMIN, body)
    service = Caller("nova", "p9", ("admin", "service"), admin=True)
    port = await world.ports.create(service, body)
    assert port["binding:profile"] == {"trusted": "true"}
    with pytest.raises(Forbidden):
        await world.ports.update(ADMIN, port["id"], {"binding:profile": {}})


async def test_an_external_network_takes_ports_of_its_project_only(world: World) -> None:
    outside, _ = await world.external(EAST)
    body = {"network_id": outside["id"]}
    with pytest.raises(Forbidden) as refused:
        await world.ports.create(USER, body)
    assert refused.value.kind == "HTTPForbidden"
    await world.ports.create(ADMIN, {**body, "project_id": USER.project_id})
    await world.networks.update(ADMIN, outside["id"], {"shared": True})
    assert (await world.ports.create(USER, body))["project_id"] == USER.project_id


async def test_an_admin_makes_what_is_nobodys(world: World) -> None:
    assert (await world.network(ADMIN, tenant_id=""))["project_id"] == ""


async def test_dhcp_options_are_changed_one_by_one(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")

    def option(name: str, value: str | None, version: int = 4) -> dict[str, Any]:
        return {"opt_name": name, "opt_value": value, "ip_version": version}

    given = [option("mtu", "1400"), option("bootfile-name", None), option("mtu", "1280", 6)]
    port = await world.ports.create(USER, {"network_id": network["id"], "extra_dhcp_opts": given})
    told = {"mtu": "1400", "bootfile-name": "x"}
    steps: list[tuple[Any, list[dict[str, Any]]]] = [
        ([], [given[0], given[2]]),
        (None, [given[0], given[2]]),
        ([option("tftp-server", None)], [given[0], given[2]]),
        ([option("mtu", "1300")], [option("mtu", "1300"), given[2]]),
        ([option("mtu", None, 6)], [option("mtu", "1300")]),
        (
            [option(name, value) for name, value in told.items()],
            [option(name, value) for name, value in told.items()],
        ),
        ([option("mtu", None), option("bootfile-name", None)], []),
    ]
    for wish, after in steps:
        changed = await world.ports.update(USER, port["id"], {"extra_dhcp_opts": wish})
        assert changed["extra_dhcp_opts"] == after
        assert (await world.ports.show(USER, port["id"]))["extra_dhcp_opts"] == after


async def test_addresses_are_shown_by_their_text(world: World) -> None:
    network, subnet = await world.in_pod(EAST, "10.0.0.0/24")
    wishes = [{"ip_address": f"10.0.0.{last}"} for last in (9, 77, 10)]
    port = await world.ports.create(USER, {"network_id": network["id"], "fixed_ips": wishes})
    assert [ip["ip_address"] for ip in port["fixed_ips"]] == ["10.0.0.10", "10.0.0.77", "10.0.0.9"]
    same = await world.ports.update(USER, port["id"], {"fixed_ips": port["fixed_ips"]})
    assert same == port
    one = await world.ports.update(
        USER, port["id"], {"fixed_ips": [{"subnet_id": subnet["id"]}, {"ip_address": "10.0.0.10"}]}
    )
    assert len(one["fixed_ips"]) == 2
    assert one["fixed_ips"][0]["ip_address"] == "10.0.0.10"
    assert one["fixed_ips"][1] in port["fixed_ips"]


async def test_no_groups_are_asked_for_with_null_too(world: World) -> None:
    network, _ = await world.in_pod(EAST, "10.0.0.0/24")
    port = await world.ports.create(USER, {"network_id": network["id"]})
    assert port["security_groups"]
    changed = await world.ports.update(USER, port["id"], {"security_groups": None})
    assert changed["security_groups"] == []
    body = {"network_id": network["id"], "security_groups": None}
    assert (await world.ports.create(USER, body))["security_groups"] == []
