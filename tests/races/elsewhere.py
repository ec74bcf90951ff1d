"""Scenes of the compute and volume APIs: what the gateway itself keeps of them, and quotas."""

from __future__ import annotations

import uuid
from typing import Any

from tests.orders.canonical import Thing
from tests.races.scene import Change, Scene
from tests.support.client import Answer, Json, User, until


class Flavor(Scene):
    """A private flavor; an admin asks."""

    name = "flavor"

    def begin(self) -> None:
        self._names = [str(uuid.uuid4()) for _ in range(2)]
        made = self.asking().compute.make("/flavors", **self._body(self._names[0]))
        self._path = f"/flavors/{made['id']}"

    def asking(self) -> User:
        return self.site.stack.admin

    def changes(self) -> dict[str, Change]:
        access, specs = {"tenant": self.site.user.project_id}, f"{self._path}/os-extra_specs"
        add, remove = {"addTenantAccess": access}, {"removeTenantAccess": access}
        return {
            "give access": lambda user: user.compute("POST", f"{self._path}/action", add),
            "take access": lambda user: user.compute("POST", f"{self._path}/action", remove),
            "spec": lambda user: user.compute("POST", specs, {"extra_specs": {"a": "1"}}),
            "other spec": lambda user: user.compute("PUT", f"{specs}/b", {"b": "2"}),
            "no spec": lambda user: user.compute("DELETE", f"{specs}/a"),
            "another": self._another,
            "delete": lambda user: user.compute("DELETE", self._path),
        }

    def seen(self) -> list[Thing]:
        admin = self.asking().compute
        things = []
        for row in admin.list("/flavors/detail?is_public=None", "flavors"):
            if row["name"] in self._names:
                path = f"/flavors/{row['id']}"
                more: dict[str, Any] = {"specs": admin.get(f"{path}/os-extra_specs")}
                more["access"] = admin.list(f"{path}/os-flavor-access", "flavor_access")
                things.append(Thing("top", "flavor", row | more))
        return things

    def end(self) -> None:
        admin = self.asking().compute
        for row in admin.list("/flavors?is_public=None", "flavors"):
            if row["name"] in self._names:
                admin.delete(f"/flavors/{row['id']}")

    def _another(self, user: User) -> Answer:
        return user.compute("POST", "/flavors", {"flavor": self._body(self._names[1])})

    def _body(self, name: str) -> dict[str, object]:
        more = {"os-flavor-access:is_public": False}
        return {"name": name, "ram": 64, "vcpus": 1, "disk": 1, **more}


class KeyPair(Scene):
    """A key pair."""

    name = "key pair"

    def begin(self) -> None:
        self.site.user.compute.make("/os-keypairs", name="mine")

    def changes(self) -> dict[str, Change]:
        def make(name: str) -> Change:
            return lambda user: user.compute("POST", "/os-keypairs", {"keypair": {"name": name}})

        return {
            "the same": make("mine"),
            "another": make("another"),
            "delete": lambda user: user.compute("DELETE", "/os-keypairs/mine"),
        }

    def seen(self) -> list[Thing]:
        rows = self.site.user.compute.list("/os-keypairs", "keypairs")
        return [Thing("top", "keypair", {"name": row["keypair"]["name"]}) for row in rows]


class ServerGroup(Scene):
    """A server group, and room for one more."""

    name = "server group"

    def begin(self) -> None:
        body = {"name": "one", "policies": ["affinity"]}
        self._id = self.site.user.compute.make("/os-server-groups", **body)["id"]
        quota = {"quota_set": {"server_groups": 2}}
        path = f"/os-quota-sets/{self.site.user.project_id}"
        self.site.stack.admin.compute.put(path, quota)

    def changes(self) -> dict[str, Change]:
        def make(name: str) -> Change:
            body = {"server_group": {"name": name, "policies": ["affinity"]}}
            return lambda user: user.compute("POST", "/os-server-groups", body)

        path = f"/os-server-groups/{self._id}"
        return {
            "two": make("two"),
            "three": make("three"),
            "delete": lambda user: user.compute("DELETE", path),
        }

    def seen(self) -> list[Thing]:
        rows = self.site.user.compute.list("/os-server-groups", "server_groups")
        return [Thing("top", "server group", row) for row in rows]

    def end(self) -> None:
        for row in self.site.user.compute.list("/os-server-groups", "server_groups"):
            self.site.user.compute.delete(f"/os-server-groups/{row['id']}")
        super().end()


class Aggregate(Scene):
    """A host aggregate; an admin asks."""

    name = "aggregate"

    def begin(self) -> None:
        self._names = [str(uuid.uuid4()) for _ in range(2)]
        made = self._new(self.asking(), self._names[0]).body["aggregate"]
        self._path = f"/os-aggregates/{made['id']}"

    def asking(self) -> User:
        return self.site.stack.admin

    def changes(self) -> dict[str, Change]:
        def metadata(**pairs: str) -> Change:
            body = {"set_metadata": {"metadata": pairs}}
            return lambda user: user.compute("POST", f"{self._path}/action", body)

        rename = {"aggregate": {"name": self._names[1]}}
        return {
            "a": metadata(a="1"),
            "b": metadata(b="2"),
            "rename": lambda user: user.compute("PUT", self._path, rename),
            "another": lambda user: self._new(user, self._names[1]),
            "delete": lambda user: user.compute("DELETE", self._path),
        }

    def seen(self) -> list[Thing]:
        # What is numbered differs from one life to the next.
        return [
            Thing("top", "aggregate", {"name": row["name"], "metadata": row["metadata"]})
            for row in self._rows()
        ]

    def end(self) -> None:
        for row in self._rows():
            self.asking().compute.delete(f"/os-aggregates/{row['id']}")

    def _rows(self) -> list[dict[str, Any]]:
        rows = self.asking().compute.list("/os-aggregates", "aggregates")
        return [row for row in rows if row["name"] in self._names]

    def _new(self, user: User, name: str) -> Answer:
        return user.compute("POST", "/os-aggregates", {"aggregate": {"name": name}})


class VolumeType(Scene):
    """A private volume type, and QoS specs; an admin asks."""

    name = "volume type"

    def begin(self) -> None:
        self._names = [str(uuid.uuid4()) for _ in range(2)]
        admin = self.asking().volume
        self._type = self._new(self.asking(), self._names[0]).body["volume_type"]["id"]
        body = {"qos_specs": {"name": str(uuid.uuid4())}}
        self._qos = admin("POST", "/qos-specs", body).body["qos_specs"]["id"]

    def asking(self) -> User:
        return self.site.stack.admin

    def changes(self) -> dict[str, Change]:
        path, qos = f"/types/{self._type}", f"/qos-specs/{self._qos}"
        access = {"addProjectAccess": {"project": self.site.user.project_id}}
        specs = {"extra_specs": {"a": "1"}}
        of = f"?vol_type_id={self._type}"
        return {
            "give access": lambda user: user.volume("POST", f"{path}/action", access),
            "spec": lambda user: user.volume("POST", f"{path}/extra_specs", specs),
            "associate": lambda user: user.volume("GET", f"{qos}/associate{of}"),
            "disassociate": lambda user: user.volume("GET", f"{qos}/disassociate{of}"),
            "delete the specs": lambda user: user.volume("DELETE", qos),
            "another": lambda user: self._new(user, self._names[1]),
            "delete": lambda user: user.volume("DELETE", path),
        }

    def seen(self) -> list[Thing]:
        admin, things = self.asking().volume, []
        for row in self._rows():
            path = f"/types/{row['id']}"
            access = admin.list(f"{path}/os-volume-type-access", "volume_type_access")
            things.append(Thing("top", "type", row | {"access": access}))
        found = admin("GET", f"/qos-specs/{self._qos}")
        if found.status == 200:
            things.append(Thing("top", "qos", found.body["qos_specs"]))
        return things

    def end(self) -> None:
        admin = self.asking().volume
        for row in self._rows():
            admin.delete(f"/types/{row['id']}")
        admin("DELETE", f"/qos-specs/{self._qos}?force=true")

    def _rows(self) -> list[dict[str, Any]]:
        rows = self.asking().volume.list("/types?is_public=None", "volume_types")
        return [row for row in rows if row["name"] in self._names]

    def _new(self, user: User, name: str) -> Answer:
        body = {"volume_type": {"name": name, "os-volume-type-access:is_public": False}}
        return user.volume("POST", "/types", body)


class Instances(Scene):
    """A project that may have two servers; it asks for one, and for two at once."""

    name = "instances"

    def begin(self) -> None:
        self._net = self.site.net(None, "10.0.1.0/24")
        self._body = {"imageRef": self.site.image(), "flavorRef": self.site.flavor()}
        path = f"/os-quota-sets/{self.site.user.project_id}"
        self.site.stack.admin.compute.put(path, {"quota_set": {"instances": 2}})

    def changes(self) -> dict[str, Change]:
        def boot(zone: str, number: int = 1) -> Change:
            more = {"name": "vm", "networks": "none", "availability_zone": zone}
            more |= {"min_count": number} if number > 1 else {}
            version = {"OpenStack_API_Version": "compute 2.37"}
            body = {"server": {**self._body, **more}}
            return lambda user: user.compute("POST", "/servers", body, **version)

        return {
            "one": boot("az1"),
            "two": boot("az1", 2),
            "one elsewhere": boot("az2"),
            "two elsewhere": boot("az2", 2),
        }

    def seen(self) -> list[Thing]:
        compute = self.site.user.compute

        def built() -> list[Json]:
            rows = compute.list("/servers/detail", "servers")
            return [] if any(row["status"] == "BUILD" for row in rows) else rows

        rows = until(built, "the servers are built")
        shown = ("id", "OS-EXT-AZ:availability_zone")
        return [Thing("top", "server", {name: row[name] for name in shown}) for row in rows]


class Volumes(Scene):
    """A project that may have one volume."""

    name = "volumes"

    def begin(self) -> None:
        path = f"/os-quota-sets/{self.site.user.project_id}"
        self.site.stack.admin.volume.put(path, {"quota_set": {"volumes": 1}})

    def changes(self) -> dict[str, Change]:
        def make(zone: str) -> Change:
            body = {"volume": {"size": 1, "availability_zone": zone}}
            return lambda user: user.volume("POST", "/volumes", body)

        return {"one": make("az1"), "one elsewhere": make("az2")}

    def seen(self) -> list[Thing]:
        rows = self.site.user.volume.list("/volumes/detail", "volumes")
        shown = ("id", "availability_zone")
        return [Thing("top", "volume", {name: row[name] for name in shown}) for row in rows]


SCENES: tuple[type[Scene], ...] = (
    Flavor, KeyPair, ServerGroup, Aggregate, VolumeType, Instances, Volumes,
)  # fmt: skip
