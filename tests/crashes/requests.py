"""One request of each kind that leaves something behind, or takes it away."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cached_property
from typing import Any

from tests.crashes.undoing import done
from tests.support.client import Json
from tests.support.topology import Net, Site

Request = Callable[[], Any]


_SERVERS = ("instances", "cores", "ram", "key_pairs", "server_groups")
_VOLUMES = ("volumes", "snapshots", "gigabytes", "backups", "backup_gigabytes")


def _name() -> str:
    return f"crash-{secrets.token_hex(4)}"


class Requests:
    """What a tenant asks for; what a request needs is there before."""

    def __init__(self, site: Site) -> None:
        self.site, self.user = site, site.user
        self.near = site.net("Pod1", "10.1.0.0/24")
        self._serial = 10
        site.flavor()
        admin, path = site.stack.admin, f"/os-quota-sets/{self.user.project_id}"
        admin.compute.put(path, {"quota_set": dict.fromkeys(_SERVERS, -1)})
        admin.volume.put(path, {"quota_set": dict.fromkeys(_VOLUMES, -1)})

    def ask(self, kind: str) -> Request:
        """Prepare a request of the kind; the request."""
        prepare: Callable[[], Request] = getattr(self, f"_ask_{kind.replace(' ', '_')}")
        return prepare()

    @cached_property
    def outside(self) -> Net:
        """An external network."""
        return self.site.external("Pod2", "10.3.0.0/24")

    @cached_property
    def server(self) -> Json:
        """A server that stays."""
        return self.site.boot(self.near)

    @cached_property
    def volume(self) -> Json:
        """A volume that stays."""
        return self.site.volume("az1")

    @cached_property
    def snapshot(self) -> Json:
        """A snapshot of it."""
        made: Json = self.user.volume.make("/snapshots", volume_id=self.volume["id"], name=_name())
        done(self.user.volume, f"/snapshots/{made['id']}")
        return made

    def _cidr(self) -> str:
        self._serial += 1
        return f"10.{self._serial}.0.0/24"

    def _boot(self, **more: Any) -> Json:
        site = self.site
        body: Json = {"name": _name(), "imageRef": site.image(), "flavorRef": site.flavor()}
        body["networks"] = [{"uuid": self.near.id}]
        made: Json = self.user.compute.make("/servers", **{**body, **more})
        return made

    def _new_volume(self, **more: Any) -> Json:
        made: Json = self.user.volume.make("/volumes", name=_name(), size=1, **more)
        return made

    def _ask_boot(self) -> Request:
        return self._boot

    def _ask_boot_two(self) -> Request:
        return lambda: self._boot(min_count=2, max_count=2)

    def _ask_boot_on_a_port(self) -> Request:
        port = self.user.network.make("/ports", network_id=self.near.id)
        return lambda: self._boot(networks=[{"port": port["id"]}])

    def _ask_boot_from_a_volume(self) -> Request:
        mapping = {"uuid": self.site.image(), "source_type": "image", "boot_index": 0}
        mapping |= {"destination_type": "volume", "volume_size": 1, "delete_on_termination": True}
        return lambda: self._boot(block_device_mapping_v2=[mapping], imageRef="")

    def _ask_server_delete(self) -> Request:
        server = self.site.boot(self.near)
        return lambda: self.user.compute.delete(f"/servers/{server['id']}")

    def _ask_server_image(self) -> Request:
        path, body = f"/servers/{self.server['id']}/action", {"createImage": {"name": _name()}}
        return lambda: self.user.compute("POST", path, body)

    def _ask_interface_attach(self) -> Request:
        server = self.site.boot(self.near)
        body = {"interfaceAttachment": {"net_id": self.near.id}}
        return lambda: self.user.compute("POST", f"/servers/{server['id']}/os-interface", body)

    def _ask_interface_detach(self) -> Request:
        server = self.site.boot(self.near)
        path = f"/servers/{server['id']}/os-interface/{server['port_id']}"
        return lambda: self.user.compute.delete(path)

    def _ask_volume_attach(self) -> Request:
        server, volume = self.site.boot(self.near), self.site.volume("az1")
        body = {"volumeAttachment": {"volumeId": volume["id"]}}
        path = f"/servers/{server['id']}/os-volume_attachments"
        return lambda: self.user.compute("POST", path, body)

    def _ask_keypair(self) -> Request:
        return lambda: self.user.compute.make("/os-keypairs", name=_name())

    def _ask_boot_with_new_keypair(self) -> Request:
        name = self.user.compute.make("/os-keypairs", name=_name())["name"]
        return lambda: self._boot(key_name=name)

    def _ask_server_group(self) -> Request:
        wanted = {"name": _name(), "policies": ["anti-affinity"]}
        return lambda: self.user.compute.make("/os-server-groups", **wanted)

    def _ask_volume(self) -> Request:
        return self._new_volume

    def _ask_volume_of_a_snapshot(self) -> Request:
        source = self.snapshot["id"]
        return lambda: self._new_volume(snapshot_id=source)

    def _ask_volume_of_an_image(self) -> Request:
        return lambda: self._new_volume(imageRef=self.site.image())

    def _ask_volume_delete(self) -> Request:
        volume = self.site.volume("az1")
        return lambda: self.user.volume.delete(f"/volumes/{volume['id']}")

    def _ask_snapshot(self) -> Request:
        wanted = {"volume_id": self.volume["id"], "name": _name()}
        return lambda: self.user.volume.make("/snapshots", **wanted)

    def _ask_backup(self) -> Request:
        wanted = {"volume_id": self.volume["id"], "name": _name()}
        return lambda: self.user.volume.make("/backups", **wanted)

    def _ask_transfer(self) -> Request:
        volume = self.site.volume("az1")
        body = {"transfer": {"volume_id": volume["id"], "name": _name()}}
        return lambda: self.user.volume("POST", "/os-volume-transfer", body)

    def _ask_network(self) -> Request:
        return lambda: self.user.network.make("/networks", name=_name())

    def _ask_network_delete(self) -> Request:
        net = self.site.net("Pod1", self._cidr())
        port = self.user.network.make("/ports", network_id=net.id)
        server = self._boot(networks=[{"port": port["id"]}])
        done(self.user.compute, f"/servers/{server['id']}")
        self.site.drop_server(server)
        self.user.network("DELETE", f"/ports/{port['id']}")
        return lambda: self.user.network.delete(f"/networks/{net.id}")

    def _ask_subnet(self) -> Request:
        wanted = {"network_id": self.near.id, "cidr": self._cidr(), "ip_version": 4}
        return lambda: self.user.network.make("/subnets", **wanted)

    def _ask_subnet_delete(self) -> Request:
        wanted = {"network_id": self.near.id, "cidr": self._cidr(), "ip_version": 4}
        subnet = self.user.network.make("/subnets", **wanted)
        return lambda: self.user.network.delete(f"/subnets/{subnet['id']}")

    def _ask_port(self) -> Request:
        return lambda: self.user.network.make("/ports", network_id=self.near.id)

    def _ask_port_change(self) -> Request:
        body = {"port": {"name": _name()}}
        path = f"/ports/{self.server['port_id']}"
        return lambda: self.user.network.put(path, body)

    def _ask_router_with_gateway(self) -> Request:
        info = {"network_id": self.outside.id}
        return lambda: self.user.network.make("/routers", external_gateway_info=info)

    def _ask_router_interface(self) -> Request:
        router = self.site.router()
        net = self.site.net("Pod2", self._cidr())
        return lambda: self.site.attach(router, net)

    def _ask_router_interface_remove(self) -> Request:
        router, net = self._routed()
        return lambda: self.site.detach(router, net)

    def _ask_router_delete(self) -> Request:
        router, net = self._routed()
        self.site.detach(router, net)
        return lambda: self.user.network.delete(f"/routers/{router}")

    def _routed(self) -> tuple[str, Net]:
        router, net = self.site.router(), self.site.net("Pod1", self._cidr())
        self.site.attach(router, net)
        self.site.active(router)
        return router, net

    def _ask_gateway(self) -> Request:
        router, outside = self._routed()[0], self.outside
        return lambda: self.site.gateway(router, outside)

    def _ask_gateway_clear(self) -> Request:
        router, _ = self._routed()
        self.site.gateway(router, self.outside)
        self.site.active(router)
        return lambda: self.site.gateway(router, None)

    def _ask_extra_routes(self) -> Request:
        router, net = self._routed()
        hop = net.cidr.replace("0/24", "9")
        body = {"router": {"routes": [{"destination": "10.250.0.0/24", "nexthop": hop}]}}
        return lambda: self.user.network.put(f"/routers/{router}", body)

    def _ask_floating_ip(self) -> Request:
        outside = self.outside
        return lambda: self.site.floating(outside)

    def _ask_floating_ip_of_a_port(self) -> Request:
        router, net = self._routed()
        self.site.gateway(router, self.outside)
        port = self.user.network.make("/ports", network_id=net.id)
        outside = self.outside
        return lambda: self.site.floating(outside, port["id"])

    def _ask_floating_ip_delete(self) -> Request:
        floating = self._ask_floating_ip_of_a_port()()
        return lambda: self.user.network.delete(f"/floatingips/{floating['id']}")

    def _ask_security_group(self) -> Request:
        return lambda: self.user.network.make("/security-groups", name=_name())

    def _ask_boot_with_new_group(self) -> Request:
        name = _name()
        self.user.network.make("/security-groups", name=name)
        return lambda: self._boot(security_groups=[{"name": name}])

    def _ask_address_group(self) -> Request:
        wanted = {"name": _name(), "addresses": ["10.0.0.1/32"]}
        return lambda: self.user.network.make("/address-groups", **wanted)

    def _ask_subnet_pool(self) -> Request:
        wanted = {"name": _name(), "prefixes": ["10.200.0.0/16"]}
        return lambda: self.user.network.make("/subnetpools", **wanted)

    def _ask_flavor(self) -> Request:
        wanted = {"name": _name(), "ram": 64, "vcpus": 1, "disk": 1}
        return lambda: self.site.stack.admin.compute.make("/flavors", **wanted)

    def _ask_boot_of_a_new_flavor(self) -> Request:
        wanted = {"name": _name(), "ram": 64, "vcpus": 1, "disk": 1}
        flavor = self.site.stack.admin.compute.make("/flavors", **wanted)["id"]
        return lambda: self._boot(flavorRef=flavor)

    def _ask_volume_type(self) -> Request:
        return lambda: self.site.stack.admin.volume(
            "POST", "/types", {"volume_type": {"name": _name()}}
        )

    def _ask_external_network(self) -> Request:
        return lambda: self.site.external("Pod1", self._cidr())


KINDS = [
    name.removeprefix("_ask_").replace("_", " ") for name in vars(Requests) if name[:5] == "_ask_"
]
