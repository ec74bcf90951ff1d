"""One tenant's calls: made, compared with what the model says of them, and learned from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from tests.model.neutron import Floating, Model, Port, Server
from tests.model.pods import check
from tests.support.client import Answer, Json
from tests.support.stack import Stack
from tests.support.topology import Site

_ID = re.compile(r"[0-9a-f-]{36}")


@dataclass
class Outside:
    """The external networks, shared by all runs, with the pod of each."""

    networks: dict[str, str]

    @classmethod
    def made(cls, stack: Stack) -> Outside:
        """One in Pod2 and one in Pod3."""
        site, found = Site(stack, stack.admin), {}
        for number, pod in enumerate(("Pod2", "Pod3")):
            vlan = {"provider:segmentation_id": 3901 + number}
            found[site.external(pod, f"163.{number}.0.0/16", network=vlan).id] = pod
        return cls(found)

    def drop(self, stack: Stack) -> None:
        """Take them away again."""
        for id_ in self.networks:
            stack.admin.network.delete(f"/networks/{id_}")


class Tenant(RuleBasedStateMachine):
    """Subclasses have the rules, and say on which stack; ``tally`` counts what became of calls."""

    stack: Stack
    outside: Outside
    tally: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.site = Site(self.stack, self.stack.tenant())
        self.model = Model()

    def teardown(self) -> None:
        """The pods have what the model has; then it is taken away."""
        try:
            check(self.stack, self.site, self.model, self.outside.networks)
        finally:
            self.site.tear_down()

    def boot_at(self, nic: Json, network: str, zone: str, pods: set[str]) -> None:
        """Boot a server with a NIC; one of the pods gets it, and without any it is refused."""
        body = {"name": "vm", "imageRef": self.site.image(), "flavorRef": self.site.flavor()}
        wanted = {**body, "networks": [nic], "availability_zone": zone}
        answer = self.site.user.compute("POST", "/servers", {"server": wanted})
        self.tally[f"POST /servers {answer.status}"] += 1
        if not pods:
            assert answer.status in (400, 409), (answer.status, answer.body)
            return
        assert answer.status == 202, (answer.status, answer.body)
        id_ = answer.body["server"]["id"]
        home = self.stack.routings(resource_type="server", top_id=id_)[0]["pod_id"]
        pod = next(name for name, known in self.stack.pod_ids.items() if known == home)
        assert pod in pods, f"the server is in {pod}, not in {pods}"
        self.model.servers[id_] = Server(id_, pod)
        self.model.networks[network].pods = (pod,)
        for row in self.site.user.network.list(f"/ports?device_id={id_}"):
            self.learn_port(row).made = "port" not in nic
            self.model.ports[row["id"]].device = id_

    def lead_out(self, router: str, outside: str) -> None:
        """Set the router's gateway, or clear it."""
        info = {"network_id": outside} if outside else None
        body = {"router": {"external_gateway_info": info}}
        if self.attempt(
            "PUT", f"/routers/{router}", body, self.model.gateway_faults(router, outside)
        ):
            self.model.routers[router].outside = outside

    def point(self, floating: Floating, port: str | None, faults: set[str]) -> Any:
        """Lead the floating IP to a port, or nowhere."""
        path, body = f"/floatingips/{floating.id}", {"floatingip": {"port_id": port}}
        return self.attempt("PUT", path, body, faults)

    def learn_port(self, row: Json) -> Port:
        """Take over the address that a new port was given."""
        has = any(s.network == row["network_id"] for s in self.model.subnets.values())
        assert bool(row["fixed_ips"]) == has, row
        at = row["fixed_ips"][0] if has else {"subnet_id": "", "ip_address": ""}
        known = self.model.ports.get(row["id"])
        if known is None:
            known = Port(row["id"], row["network_id"], at["subnet_id"], at["ip_address"])
            self.model.ports[known.id] = known
        return known

    def learn_association(self, floating: Floating, port: str, row: Json) -> None:
        """Take over which router the floating IP goes through."""
        assert (row["port_id"] or "") == port, row
        if port:
            assert row["router_id"] in self.model.leading(floating.outside, port), row
            assert row["fixed_ip_address"] == self.model.ports[port].address, row
        floating.port, floating.router = port, row["router_id"] or ""

    def make(self, path: str, **body: Any) -> Json:
        """Create something, which must work."""
        made: Json = self.site.user.network.make(path, **body)
        return made

    def remove(self, path: str, faults: set[str]) -> bool:
        """Delete something; whether it is gone."""
        return self.attempt("DELETE", path, None, faults) is not None

    def attempt(self, method: str, path: str, body: Any, faults: Iterable[str]) -> Any:
        """The answer of a call, or nothing when it was refused as the model says."""
        answer: Answer = self.site.user.network(method, path, body)
        told = f"{method} {path} {body}: {answer.status} {answer.body}"
        outcome = answer.fault if answer.status >= 400 else answer.status
        self.tally[f"{method} {_ID.sub('*', path)} {outcome}"] += 1
        if faults:
            assert 400 <= answer.status < 500, f"{told}; {faults} expected"
            assert answer.fault in faults, f"{told}; {faults} expected"
            return None
        assert answer.status in (200, 201, 204), told
        return answer.body or {}
