"""ByHand: one router over two pods, made by somebody who knows all that is to be called.

Calls that may overlap do; those on one router come one after another, as they must.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.client import Json, User, send


class ByHand:
    """An administrator at the pods' own Neutrons, past the gateway; ``number`` sets it apart."""

    def __init__(self, admin: User, pods: tuple[str, str], number: int) -> None:
        self._urls = {pod: f"{admin.endpoint(pod, 'network')}/v2.0" for pod in pods}
        self._token = {"X-Auth-Token": admin.token}
        self._near, self._far = pods
        self._number = number
        self._routers: dict[str, str] = {}
        self._made: list[tuple[str, str]] = []
        self._attached: list[tuple[str, Json]] = []
        self._pool = ThreadPoolExecutor(8)

    def first(self) -> None:
        """Put a subnet on a router that is nowhere yet."""
        self._interface(self._near, 1)

    def second(self) -> None:
        """Put a subnet of the other pod on it: the router comes there, and the bridge."""
        near = self._pool.submit(self._reach, self._near, [2])
        bridge = self._pool.submit(self._bridge_port, self._far)
        self._interface(self._far, 2)
        self._attach(self._far, port_id=bridge.result())
        self._route(self._far, [1])
        near.result()

    def third(self) -> None:
        """Put another subnet of the other pod on it, where everything is there."""
        near = self._pool.submit(self._route, self._near, [2, 3])
        self._interface(self._far, 3)
        near.result()

    def undo(self) -> None:
        """Delete all of it."""
        for pod, router in self._routers.items():
            self._call(pod, "PUT", f"/routers/{router}", {"router": {"routes": []}})
        for pod, what in self._attached:
            path = f"/routers/{self._routers[pod]}/remove_router_interface"
            self._call(pod, "PUT", path, what)
        for pod, path in reversed(self._made):
            self._call(pod, "DELETE", path, fine=(204, 404))
        self._pool.shutdown()

    def _interface(self, pod: str, which: int) -> None:
        subnet = self._pool.submit(self._subnet, pod, which)
        if pod not in self._routers:
            self._routers[pod] = self._make(pod, "router", name=f"by-hand-{self._number}")
        self._attach(pod, subnet_id=subnet.result())

    def _subnet(self, pod: str, which: int) -> str:
        network = self._make(pod, "network", name=f"by-hand-{self._number}-{which}")
        return self._make(pod, "subnet", network_id=network, ip_version=4, cidr=self._cidr(which))

    def _bridge_port(self, pod: str) -> str:
        segment = {
            "provider:network_type": "vlan",
            "provider:physical_network": "bridge",
            "provider:segmentation_id": 3100 + self._number,
        }
        network = self._make(pod, "network", name=f"by-hand-{self._number}-bridge", **segment)
        cidr = f"198.18.{self._number}.0/24"
        subnet = self._make(
            pod, "subnet", network_id=network, ip_version=4, cidr=cidr, gateway_ip=None,
            enable_dhcp=False,
        )  # fmt: skip
        at = [{"subnet_id": subnet, "ip_address": self._address(pod)}]
        return self._make(pod, "port", network_id=network, fixed_ips=at)

    def _reach(self, pod: str, cidrs: list[int]) -> None:
        self._attach(pod, port_id=self._bridge_port(pod))
        self._route(pod, cidrs)

    def _route(self, pod: str, cidrs: list[int]) -> None:
        hop = self._address(self._far if pod == self._near else self._near)
        routes = [{"destination": self._cidr(one), "nexthop": hop} for one in cidrs]
        path = f"/routers/{self._routers[pod]}"
        self._call(pod, "PUT", path, {"router": {"routes": routes}})

    def _attach(self, pod: str, **what: str) -> None:
        path = f"/routers/{self._routers[pod]}/add_router_interface"
        self._call(pod, "PUT", path, what)
        self._attached.append((pod, what))

    def _cidr(self, which: int) -> str:
        return f"10.{self._number}.{which}.0/24"

    def _address(self, pod: str) -> str:
        return f"198.18.{self._number}.{1 if pod == self._near else 2}"

    def _make(self, pod: str, member: str, **has: Any) -> str:
        made = self._call(pod, "POST", f"/{member}s", {member: has}, fine=(201,))
        id_ = str(made[member]["id"])
        self._made.append((pod, f"/{member}s/{id_}"))
        return id_

    def _call(
        self, pod: str, method: str, path: str, body: Any = None, fine: tuple[int, ...] = (200,)
    ) -> Any:
        answer = send(method, self._urls[pod] + path, body, self._token)
        assert answer.status in fine, f"{pod} {method} {path}: {answer.status} {answer.body}"
        return answer.body
