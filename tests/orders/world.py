"""One project that goes through its life in some order, on simulated pods or on real ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.orders.canonical import Thing
from tests.support.client import Json, until
from tests.support.stack import Stack
from tests.support.topology import Net, Site

CIDRS = ("10.0.1.0/24", "10.0.2.0/24")
GATEWAYS = ("10.0.1.1", "10.0.2.1")
PODS = ("Pod1", "Pod2")
ZONES = ("az1", "az2")
_SEEN = ("networks", "subnets", "ports", "routers", "floatingips", "security-groups")
# The first VLAN of the worlds' external networks; each has its own.
FIRST_VLAN = 3100


@dataclass
class World:
    """A tenant with two networks and a router; all else comes and goes by its steps.

    ``cidr`` is the external network's; ``vlan`` None: the one that the stack knows.
    """

    site: Site
    cidr: str = "163.3.124.0/24"
    vlan: int | None = None
    pool: tuple[str, str] | None = None
    nets: list[Net] = field(default_factory=list)
    router: str = ""
    outside: Net | None = None
    floating: Json = field(default_factory=dict)
    servers: dict[str, Json] = field(default_factory=dict)

    def begin(self) -> None:
        """What every order begins with."""
        self.nets = [self.site.net(pod, c) for pod, c in zip(PODS, CIDRS, strict=True)]
        self.router = self.site.router()

    def play(self, steps: Iterable[str], chance: random.Random) -> None:
        """Take the steps; now and then wait until the router is done with the last one."""
        how = self._how()
        for step in steps:
            try:
                how[step]()
            except AssertionError as refused:
                raise AssertionError(f"{step}: {refused}") from None
            if step != "delete router" and chance.random() < 0.4:
                self._rest()

    def finish(self) -> None:
        """Wait until all that was asked for shows as done."""
        for name in self.servers:
            self._active(name)
        self.site.active(self.router)
        path = f"/floatingips/{self.floating['id']}"
        until(lambda: self.site.user.network.get(path)["status"] == "ACTIVE", "it is ACTIVE")

    def chosen(self) -> set[str]:
        """The addresses that somebody chose: they are the same in every order."""
        bases = {cidr.split("/")[0] for cidr in (*CIDRS, self.cidr)}
        return {*GATEWAYS, *bases, f"{self._outside()}.1", "0.0.0.0"}

    def ends(self) -> tuple[str, str]:
        """The first and the last address of the external network's pool."""
        return self.pool or (f"{self._outside()}.2", f"{self._outside()}.254")

    def seen(self) -> list[Thing]:
        """What the tenant sees of it."""
        network, mine = self.site.user.network, self.site.user.project_id
        things = [
            Thing("top", kind, row)
            for kind in _SEEN
            for row in network.list(f"/{kind}", kind.replace("-", "_"))
            if row["project_id"] == mine or row["id"] == (self.outside and self.outside.id)
        ]
        servers = self.site.user.compute.list("/servers/detail", "servers")
        return things + [Thing("top", "servers", row) for row in servers]

    def _outside(self) -> str:
        return self.cidr.replace(".0/24", "")

    def _how(self) -> dict[str, Callable[[], None]]:
        return {
            "boot vm1": lambda: self._boot(0),
            "boot vm2": lambda: self._boot(1),
            "add interface 1": lambda: self._attach(0),
            "add interface 2": lambda: self._attach(1),
            "create external network": self._create_external,
            "set gateway": self._set_gateway,
            "create floating IP": self._create_floating,
            "associate": self._associate,
            "disassociate": lambda: self.site.point(self.floating["id"], None),
            "delete floating IP": self._delete_floating,
            "delete vm1": lambda: self._delete_server(0),
            "delete vm2": lambda: self._delete_server(1),
            "remove interface 1": lambda: self.site.detach(self.router, self.nets[0]),
            "remove interface 2": lambda: self.site.detach(self.router, self.nets[1]),
            "clear gateway": lambda: self.site.gateway(self.router, None),
            "delete external network": self.site.drop_external,
            "delete router": lambda: self.site.user.network.delete(f"/routers/{self.router}"),
            "delete network 1": lambda: self._delete_network(0),
            "delete network 2": lambda: self._delete_network(1),
        }

    def _boot(self, which: int) -> None:
        name = f"vm{which + 1}"
        self.servers[name] = self.site.user.compute.make(
            "/servers",
            name=name,
            imageRef=self.site.image(),
            flavorRef=self.site.flavor(),
            networks=[{"uuid": self.nets[which].id}],
            availability_zone=ZONES[which],
        )

    def _attach(self, which: int) -> None:
        self.site.attach(self.router, self.nets[which])

    def _create_external(self) -> None:
        more = {"provider:segmentation_id": self.vlan} if self.vlan else {}
        pool = {}
        if self.pool:
            pool = {"allocation_pools": [dict(zip(("start", "end"), self.pool, strict=True))]}
        self.outside = self.site.external("Pod2", self.cidr, network=more, **pool)

    def _set_gateway(self) -> None:
        assert self.outside
        self.site.gateway(self.router, self.outside)

    def _create_floating(self) -> None:
        assert self.outside
        self.floating = self.site.floating(self.outside)

    def _associate(self) -> None:
        id_ = self.servers["vm1"]["id"]
        port = self.site.user.network.list(f"/ports?device_id={id_}")[0]["id"]
        self.site.point(self.floating["id"], port)

    def _delete_floating(self) -> None:
        self.site.user.network.delete(f"/floatingips/{self.floating['id']}")

    def _delete_server(self, which: int) -> None:
        self.site.drop_server(self.servers.pop(f"vm{which + 1}"))

    def _delete_network(self, which: int) -> None:
        self.site.user.network.delete(f"/networks/{self.nets[which].id}")

    def _active(self, name: str) -> None:
        path = f"/servers/{self.servers[name]['id']}"

        def built() -> bool:
            status = self.site.user.compute.get(path)["status"]
            assert status != "ERROR", f"{name} is in ERROR"
            return bool(status == "ACTIVE")

        until(built, f"{name} is ACTIVE")

    def _rest(self) -> None:
        rows = self.site.user.network.list("/routers")
        if any(row["id"] == self.router for row in rows):
            self.site.active(self.router)


def new_world(stack: Stack, number: int) -> World:
    """A world of a new tenant, with an external network of its own VLAN."""
    return World(Site(stack, stack.tenant()), vlan=FIRST_VLAN + number)
