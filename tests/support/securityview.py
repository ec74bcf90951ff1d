"""Security groups as the pods have them, read from a pod's inventory."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.client import Json
from tests.support.simulator import PODS, Simulator
from tests.support.topology import Site


@dataclass(frozen=True)
class Admits:
    """What one rule of a copy lets in: from anywhere, from a group's members, from addresses."""

    protocol: str = "any"
    group: str = ""
    addresses: frozenset[str] = frozenset()
    ethertype: str = "IPv4"
    low: int | None = None
    high: int | None = None


def group_copies(simulator: Simulator, group: str) -> dict[str, set[Admits]]:
    """What the copies of a group let in, by pod; two copies in one pod are an error."""
    found = {}
    for pod in PODS:
        inventory = simulator.inventory(pod)
        own = [row for row in inventory["security_groups"] if group in row["description"]]
        assert len(own) < 2, f"{pod} has {len(own)} copies of security group {group}"
        for copy in own:
            found[pod] = _admits(inventory, copy)
    return found


def across(simulator: Simulator, group: str) -> dict[str, set[str]]:
    """The addresses in other pods that the copies of a group let in over IPv4, by pod."""
    return {
        pod: {a for rule in rules if rule.ethertype == "IPv4" for a in rule.addresses}
        for pod, rules in group_copies(simulator, group).items()
    }


def default_group(site: Site) -> str:
    """The id of the project's default group."""
    groups = site.user.network.list("/security-groups?name=default", "security_groups")
    return str(groups[0]["id"])


def address(server: Json) -> str:
    """The server's address as address groups have it."""
    return f"{server['port']['fixed_ips'][0]['ip_address']}/32"


def _admits(inventory: dict[str, list[Json]], copy: Json) -> set[Admits]:
    # Names, because ids differ from pod to pod; the mark ends in the top's id.
    groups = {g["id"]: g["description"].split()[-1] for g in inventory["security_groups"]}
    addresses = {g["id"]: frozenset(g["addresses"]) for g in inventory["address_groups"]}
    rules = [
        Admits(
            rule["protocol"] or "any",
            groups.get(rule["remote_group_id"], ""),
            addresses.get(rule["remote_address_group_id"], frozenset()),
            rule["ethertype"],
            rule["port_range_min"],
            rule["port_range_max"],
        )
        for rule in inventory["security_group_rules"]
        if rule["security_group_id"] == copy["id"] and rule["direction"] == "ingress"
    ]
    assert len(rules) == len(set(rules)), f"a rule twice: {rules}"
    return set(rules)
