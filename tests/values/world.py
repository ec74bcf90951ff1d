"""The world that the requests are played in: one of everything, and no limit in the way."""

from __future__ import annotations

from typing import Any

from tests.support.client import User, until
from tests.support.stack import Stack
from tests.support.topology import Site

Json = dict[str, Any]
NOBODY = "0e0e0e0e-0e0e-4e0e-8e0e-0e0e0e0e0e0e"
_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7dD1j8l0jYyWbtMRlU1d3mRNb4cXJ5bWyTqWcPmYvQ x"


class World:
    """``ids`` are for the ``<nouns>`` of paths and bodies; ``users`` by who they are."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.users: dict[str, User] = {"admin": stack.admin, "tenant": stack.tenant()}
        self.ids: dict[str, str] = {"nobody": NOBODY, "public_key": _KEY}
        self._unlimited()
        self._network()
        self._compute()
        self._volume()
        stack.settle()

    def filled(self, value: Any) -> Any:
        """The value with ids in place of nouns."""
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, str):
            for name, id_ in self.ids.items():
                value = value.replace(f"<{name}>", id_)
        return value

    def _unlimited(self) -> None:
        admin, tenant = self.users["admin"], self.users["tenant"]
        limits = {
            "compute": ("instances", "cores", "ram", "key_pairs", "server_groups"),
            "volume": ("volumes", "gigabytes", "snapshots", "backups", "backup_gigabytes"),
        }
        for user in (admin, tenant):
            for api, names in limits.items():
                body = {"quota_set": dict.fromkeys(names, -1)}
                getattr(admin, api).put(f"/os-quota-sets/{user.project_id}", body)
        self.ids |= {
            "project": tenant.project_id,
            "user": tenant.user_id,
            "other_project": self.stack.users["alt"].project_id,
        }

    def _network(self) -> None:
        self.site = site = Site(self.stack, self.users["tenant"])
        make = self.users["tenant"].network.make
        net, outside = site.net("az1", "10.9.0.0/16"), site.external("Pod1")
        group = make("/security-groups", name="group")
        other = site.net("az1", "10.8.0.0/24")
        scope = make("/address-scopes", name="scope", ip_version=4)
        policy = {
            "object_type": "network",
            "object_id": net.id,
            "action": "access_as_shared",
            "target_tenant": self.stack.users["viewer"].project_id,
        }
        admin = self.users["admin"].network
        shared = admin("POST", "/rbac-policies", {"rbac_policy": policy}).body["rbac_policy"]
        self.ids |= {
            "net": net.id,
            "outside": outside.id,
            "outside_subnet": outside.subnet_id,
            "empty": make("/networks", name="empty")["id"],
            "network": other.id,
            "subnet": net.subnet_id,
            "port": make("/ports", network_id=net.id)["id"],
            "router": site.router(),
            "floatingip": site.floating(outside)["id"],
            "group": group["id"],
            "security_group": group["id"],
            "subnetpool": make("/subnetpools", name="p", prefixes=["10.64.0.0/16"])["id"],
            "address_scope": scope["id"],
            "address_group": make("/address-groups", name="g", addresses=["10.0.0.0/24"])["id"],
            "rbac_policy": shared["id"],
        }
        self.net = net

    def _compute(self) -> None:
        admin, tenant = self.users["admin"].compute, self.users["tenant"].compute
        private = {"name": "private", "ram": 64, "vcpus": 1, "disk": 1}
        made = admin.make("/flavors", **private, **{"os-flavor-access:is_public": False})
        tenant("POST", "/os-keypairs", {"keypair": {"name": "known", "public_key": _KEY}})
        groups = {"name": "group", "policies": ["soft-affinity"]}
        body = {"server_group": groups}
        group = tenant("POST", "/os-server-groups", body, X_OpenStack_Nova_API_Version="2.15")
        headers = {"X_OpenStack_Nova_API_Version": "2.53"}
        services = admin("GET", "/os-services", None, **headers).body["services"]
        server = self.site.boot(self.net)
        self.ids |= {
            "flavor": self.site.flavor(),
            "image": self.site.image(),
            "private_flavor": made["id"],
            "server": server["id"],
            "server_group": group.body["server_group"]["id"],
            "aggregate": str(admin.make("/os-aggregates", name="aggregate")["id"]),
            "service": next(s["id"] for s in services if s["binary"] == "nova-compute"),
        }
        used = self.site.volume("az1")
        self.site.attach_volume(server, used)
        self.ids["used_volume"] = used["id"]

    def _volume(self) -> None:
        admin, tenant = self.users["admin"].volume, self.users["tenant"].volume
        at = {"OpenStack_API_Version": "volume 3.71"}
        volume = self.site.volume("az1")
        private = {"name": "private", "os-volume-type-access:is_public": False}
        types = {
            "type": {"name": "type"},
            "private_type": private,
            "encrypted_type": {"name": "encrypted"},
        }
        made = {}
        for name, body in types.items():
            made[name] = admin("POST", "/types", {"volume_type": body}).body["volume_type"]["id"]
        encryption = {"provider": "luks", "control_location": "front-end"}
        of = f"/types/{made['encrypted_type']}/encryption"
        shown = admin("POST", of, {"encryption": encryption}).body["encryption"]
        qos = admin("POST", "/qos-specs", {"qos_specs": {"name": "qos"}}).body["qos_specs"]
        kind = admin("POST", "/group_types", {"group_type": {"name": "kind"}}, **at)
        group_type = kind.body["group_type"]["id"]
        body = {
            "name": "group",
            "group_type": group_type,
            "volume_types": [made["type"]],
            "availability_zone": "az1",
        }
        group = tenant("POST", "/groups", {"group": body}, **at).body["group"]["id"]
        snapshot = tenant.make("/snapshots", volume_id=volume["id"], name="snapshot")
        backup = tenant.make("/backups", volume_id=volume["id"], name="backup")
        of = f"/backups/{backup['id']}"
        until(lambda: tenant.get(of)["status"] == "available", "the backup is there")
        self.ids |= made | {
            "volume": volume["id"],
            "encryption": shown["encryption_id"],
            "qos": qos["id"],
            "group_type": group_type,
            "vgroup": group,
            "snapshot": snapshot["id"],
            "backup": backup["id"],
        }
