"""Networks, routers, floating IPs: made as users make them, and looked for in the pods."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.support.client import Json, User, until
from tests.support.stack import Stack

EXTERNAL_CIDR = "163.3.124.0/24"


@dataclass
class Net:
    """A network with one subnet, and the zone or pod it is hinted to."""

    id: str
    subnet_id: str
    cidr: str


@dataclass
class Site:
    """What one tenant has, and the few verbs that tests are written in."""

    stack: Stack
    user: User
    outside: list[Net] = field(default_factory=list)
    _flavor: str = ""

    def net(self, hint: str | None, cidr: str) -> Net:
        """A network in a zone or pod, or in none yet, with a subnet."""
        hints = [hint] if hint else []
        network = self.user.network.make("/networks", name="net", availability_zone_hints=hints)
        subnet = self.user.network.make(
            "/subnets", network_id=network["id"], cidr=cidr, ip_version=4
        )
        return Net(network["id"], subnet["id"], cidr)

    def external(
        self,
        pod: str,
        cidr: str = EXTERNAL_CIDR,
        *,
        network: Json | None = None,
        **subnet_has: Any,
    ) -> Net:
        """An external network, which only an admin can make; see ``drop_external``.

        Real ones have a VLAN that leads somewhere: the stack knows which.
        """
        admin = self.stack.admin.network
        made = admin.make(
            "/networks",
            **{
                "name": "ext-net",
                "router:external": True,
                "availability_zone_hints": [pod],
                "provider:network_type": "vlan",
                "provider:physical_network": "extern",
                **self.stack.external_has,
                **(network or {}),
            },
        )
        wanted = {"network_id": made["id"], "cidr": cidr, "ip_version": 4, **subnet_has}
        subnet = admin.make("/subnets", enable_dhcp=False, **wanted)
        self.outside.append(Net(made["id"], subnet["id"], cidr))
        return self.outside[-1]

    def drop_external(self) -> None:
        """Take the external networks away."""
        while self.outside:
            self.stack.admin.network.delete(f"/networks/{self.outside.pop().id}")

    def router(self) -> str:
        """A router."""
        return str(self.user.network.make("/routers", name="router")["id"])

    def attach(self, router: str, net: Net) -> Json:
        """``router add subnet``."""
        body = {"subnet_id": net.subnet_id}
        made: Json = self.user.network.put(f"/routers/{router}/add_router_interface", body)
        return made

    def detach(self, router: str, net: Net) -> None:
        """``router remove subnet``."""
        body = {"subnet_id": net.subnet_id}
        self.user.network.put(f"/routers/{router}/remove_router_interface", body)

    def gateway(self, router: str, net: Net | None) -> None:
        """``router set --external-gateway``, or unset."""
        info = {"network_id": net.id} if net else {}
        self.user.network.put(f"/routers/{router}", {"router": {"external_gateway_info": info}})

    def floating(self, net: Net, port: str | None = None) -> Json:
        """A floating IP, of a port if one is given."""
        wanted = {"floating_network_id": net.id, "port_id": port}
        made: Json = self.user.network.make("/floatingips", **wanted)
        return made

    def point(self, floating: str, port: str | None) -> None:
        """Associate the floating IP with the port, or with none."""
        self.user.network.put(f"/floatingips/{floating}", {"floatingip": {"port_id": port}})

    def boot(self, net: Net, zone: str = "", **more: Any) -> Json:
        """An active server on the network; the document with its ``port_id``."""
        name = f"vm-{secrets.token_hex(3)}"
        body: Json = {"name": name, "imageRef": self.image(), "flavorRef": self.flavor(), **more}
        body["networks"] = [{"uuid": net.id}]
        if zone:
            body["availability_zone"] = zone
        made = self.user.compute.make("/servers", **body)

        def active() -> Any:
            server = self.user.compute.get(f"/servers/{made['id']}")
            assert server["status"] != "ERROR", server
            return server if server["status"] == "ACTIVE" else None

        server: Json = until(active, "the server is active")
        ports = self.user.network.list(f"/ports?device_id={made['id']}")
        return {**server, "port_id": ports[0]["id"], "port": ports[0]}

    def drop_server(self, server: Json) -> None:
        """Delete a server, and wait until it is gone."""
        self.user.compute.delete(f"/servers/{server['id']}")
        path = f"/servers/{server['id']}"
        until(lambda: self.user.compute("GET", path).status == 404, "the server is gone")

    def volume(self, zone: str) -> Json:
        """An available volume in a zone."""
        made = self.user.volume.make("/volumes", name="volume", size=1, availability_zone=zone)

        def available() -> Any:
            volume = self.user.volume.get(f"/volumes/{made['id']}")
            assert volume["status"] != "error", volume
            return volume if volume["status"] == "available" else None

        volume: Json = until(available, "the volume is available")
        return volume

    def attach_volume(self, server: Json, volume: Json) -> None:
        """Attach a volume to a server, and wait until it is in use."""
        path = f"/servers/{server['id']}/os-volume_attachments"
        body = {"volumeAttachment": {"volumeId": volume["id"]}}
        answer = self.user.compute("POST", path, body)
        assert answer.status == 200, answer.body
        of = f"/volumes/{volume['id']}"
        until(lambda: self.user.volume.get(of)["status"] == "in-use", "the volume is attached")

    def drop_volume(self, volume: Json) -> None:
        """Delete a volume that nothing uses any more; what goes with its server goes by itself."""
        api, path = self.user.volume, f"/volumes/{volume['id']}"

        def rests() -> bool:
            found = api("GET", path)
            return found.status == 404 or found.body["volume"]["status"] in ("available", "error")

        until(rests, "the volume is detached")
        asked = api("DELETE", path)
        assert asked.status in (202, 404), f"DELETE {path}: {asked.status} {asked.body}"
        until(lambda: api("GET", path).status == 404, "the volume is gone")

    def image(self) -> str:
        """The image that there is."""
        return str(self.user.image.list("/images", "images")[0]["id"])

    def flavor(self) -> str:
        """The test's own flavor: whatever copies pods get of it must go with it."""
        if not self._flavor:
            wanted = {"name": f"flavor-{secrets.token_hex(4)}", "ram": 64, "vcpus": 1, "disk": 1}
            self._flavor = str(self.stack.admin.compute.make("/flavors", **wanted)["id"])
        return self._flavor

    def drop_flavor(self) -> None:
        """Delete the test's own flavor, if it has one."""
        if self._flavor:
            self.stack.admin.compute.delete(f"/flavors/{self._flavor}")
            self._flavor = ""

    def show_router(self, router: str) -> Json:
        """The router as its owner sees it."""
        row: Json = self.user.network.get(f"/routers/{router}")
        return row

    def active(self, router: str) -> Json:
        """The router once its jobs have ended; it must not end in ERROR."""

        until(lambda: self.idle(router), f"the jobs of router {router} have ended")
        row = self.show_router(router)
        assert row["status"] == "ACTIVE", (row, self.stack.jobs(router_id=router))
        return row

    def idle(self, router: str) -> bool:
        """Whether no job of the router is open."""
        return not self.stack.jobs(router_id=router, state="accepted&state=running", limit="1")

    def becomes_active(self, router: str) -> None:
        """Wait until the router is ACTIVE, which may be in ERROR until then."""

        def active() -> bool:
            return self.idle(router) and self.show_router(router)["status"] == "ACTIVE"

        until(active, f"{router} is ACTIVE")

    def tear_down(self) -> None:
        """Undo everything the tenant has, in an order that every client knows."""
        network = self.user.network
        for row in network.list("/floatingips"):
            network.delete(f"/floatingips/{row['id']}")
        for row in self.user.compute.list("/servers", "servers"):
            self.drop_server(row)
        for row in self.user.volume.list("/volumes", "volumes"):
            self.drop_volume(row)
        for row in self.user.compute.list("/os-keypairs", "keypairs"):
            self.user.compute.delete(f"/os-keypairs/{row['keypair']['name']}")
        for row in network.list("/routers"):
            if row["routes"]:
                network.put(f"/routers/{row['id']}", {"router": {"routes": []}})
            self.gateway(row["id"], None)
            for port in network.list(f"/ports?device_id={row['id']}"):
                body = {"port_id": port["id"]}
                network.put(f"/routers/{row['id']}/remove_router_interface", body)
            network.delete(f"/routers/{row['id']}")
        for row in network.list("/ports"):
            network.delete(f"/ports/{row['id']}")
        for row in network.list("/networks"):
            if row["project_id"] == self.user.project_id:
                network.delete(f"/networks/{row['id']}")
        for row in network.list("/security-groups", "security_groups"):
            if row["name"] != "default":
                network.delete(f"/security-groups/{row['id']}")
        self.drop_external()
        self.drop_flavor()
