"""One tenant at work: asks by chance for this and that, and keeps what it was promised."""

from __future__ import annotations

import http.client
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tests.chaos.ledger import Ledger
from tests.chaos.stage import Stage
from tests.support.client import Answer, Api, Json
from tests.support.topology import Site

ZONES = ("az1", "az2")
THINKS = (0.3, 1.5)
_MOST = {"networks": 3, "routers": 2, "servers": 3, "volumes": 2, "floatingips": 2, "groups": 2}
_MOST |= {"keypairs": 2}


class State(Enum):
    """What a tenant may rely on."""

    THERE = "there"
    GONE = "gone"
    OPEN = "open"


@dataclass
class Thing:
    """What a request was about, and what its answer promised."""

    kind: str
    api: Api
    path: str
    state: State = State.THERE
    of: tuple[str, str] = ("", "")

    @property
    def id(self) -> str:
        """The last word of its path."""
        return self.path.rpartition("/")[2]


class Tenant:
    """``things`` are by path; ``refused`` are names whose creation the gateway said had failed."""

    def __init__(
        self, stage: Stage, number: int, seed: int, outside: list[str], ledger: Ledger
    ) -> None:
        self.site = Site(stage, stage.tenant())
        self._chance = random.Random(seed * 1000 + number)
        self._number, self._outside, self._ledger = number, outside, ledger
        self._made = 0
        self._image, self._flavor = "", ""
        self.things: dict[str, Thing] = {}
        self.subnets: dict[str, str] = {}
        self.refused: dict[str, int] = {}
        self.lost: list[str] = []

    def prepare(self, flavor: str) -> None:
        """It knows what servers are made of."""
        self._flavor, self._image = flavor, self.site.image()

    def live(self, over: threading.Event) -> None:
        """Ask for something now and then, until all is over."""
        steps: tuple[Callable[[], None], ...] = (
            *(self._create_network, self._create_network, self._create_router, self._boot),
            *(self._boot, self._create_volume, self._create_group, self._create_keypair),
            *(self._add_interface, self._add_interface, self._add_interface, self._set_gateway),
            *(self._create_floating, self._associate, self._associate, self._disassociate),
            *(self._remove_interface, self._clear_gateway, self._add_rule),
            *(self._delete_one, self._delete_one, self._delete_one, self._look),
        )
        while not over.is_set():
            self._chance.choice(steps)()
            over.wait(self._chance.uniform(*THINKS))

    # Making.

    def _create_network(self) -> None:
        hint = self._chance.choice(("", *ZONES))
        body = {"availability_zone_hints": [hint] if hint else []}
        made = self._create("networks", self.site.user.network, "/networks", "network", body)
        if made:
            self._made += 1
            cidr = f"10.{self._number}.{self._made % 250}.0/24"
            body = {"network_id": made["id"], "cidr": cidr, "ip_version": 4}
            subnet = self._create("subnets", self.site.user.network, "/subnets", "subnet", body)
            if subnet:
                self.subnets[made["id"]] = subnet["id"]

    def _create_router(self) -> None:
        self._create("routers", self.site.user.network, "/routers", "router", {})

    def _create_group(self) -> None:
        network = self.site.user.network
        self._create("groups", network, "/security-groups", "security_group", {})

    def _create_keypair(self) -> None:
        self._create("keypairs", self.site.user.compute, "/os-keypairs", "keypair", {}, "name")

    def _create_volume(self) -> None:
        body = {"size": 1, "availability_zone": self._chance.choice(ZONES)}
        self._create("volumes", self.site.user.volume, "/volumes", "volume", body)

    def _boot(self) -> None:
        network = self._some("networks")
        if network and network.id in self.subnets:
            body: Json = {"imageRef": self._image, "flavorRef": self._flavor}
            body["networks"] = [{"uuid": network.id}]
            body["availability_zone"] = self._chance.choice(ZONES)
            self._create("servers", self.site.user.compute, "/servers", "server", body)

    def _create_floating(self) -> None:
        body = {"floating_network_id": self._chance.choice(self._outside)}
        self._create("floatingips", self.site.user.network, "/floatingips", "floatingip", body)

    def _add_rule(self) -> None:
        group = self._some("groups")
        if group:
            body = {"security_group_id": group.id, "direction": "ingress", "protocol": "tcp"}
            body |= {"ethertype": "IPv4"}
            low = self._chance.randrange(1, 60000)
            ports = {"port_range_min": low, "port_range_max": low}
            rule = {"security_group_rule": {**body, **ports}}
            self._call(self.site.user.network, "POST", "/security-group-rules", rule)

    def _create(
        self, kind: str, api: Api, path: str, key: str, body: Json, by: str = "id"
    ) -> Json | None:
        there = [t for t in self.things.values() if t.kind == kind and t.state != State.GONE]
        if len(there) >= _MOST.get(kind, 99):
            return None
        self._made += 1
        name = f"c{self._number}-{kind}-{self._made}"
        named = {**body, "name": name} if kind not in ("floatingips", "subnets") else body
        answer = self._call(api, "POST", path, {key: named})
        if answer is None or answer.status >= 400:
            if answer is not None and "x-openstack-request-id" in answer.headers:
                self.refused[name] = answer.status
            return None
        made: Json = answer.body[key]
        place = f"{path}/{made[by]}"
        self.things[place] = Thing(kind, api, place)
        return made

    # Joining.

    def _add_interface(self) -> None:
        router, network = self._some("routers"), self._some("networks")
        subnet = self.subnets.get(network.id, "") if network else ""
        if router and subnet:
            self._interface(router, subnet, "add", State.THERE)

    def _remove_interface(self) -> None:
        known = self._some("interfaces")
        if known:
            router = self.things[f"/routers/{known.of[0]}"]
            self._interface(router, known.of[1], "remove", State.GONE)

    def _interface(self, router: Thing, subnet: str, verb: str, state: State) -> None:
        path = f"{router.path}/{verb}_router_interface"
        answer = self._call(router.api, "PUT", path, {"subnet_id": subnet})
        name = f"{router.path} {subnet}"
        known = self.things.get(name)
        if answer is None or answer.status >= 500:
            known = known or Thing("interfaces", router.api, name, of=(router.id, subnet))
            known.state = State.OPEN
            self.things[name] = known
        elif answer.status == 200:
            self.things[name] = Thing("interfaces", router.api, name, state, (router.id, subnet))
        elif answer.status == 404 and verb == "remove" and known and known.state is State.THERE:
            self.lost.append(f"PUT {path} {subnet}: {answer.message}")

    def _set_gateway(self) -> None:
        router = self._some("routers")
        if router:
            self._lead(router, self._chance.choice(self._outside))

    def _clear_gateway(self) -> None:
        router = self._some("routers")
        if router:
            self._lead(router, "")

    def _lead(self, router: Thing, outside: str) -> None:
        info = {"network_id": outside} if outside else {}
        body = {"router": {"external_gateway_info": info}}
        self._change("gateways", router, body, outside)

    def _associate(self) -> None:
        floating, server = self._some("floatingips"), self._some("servers")
        if floating and server:
            network = self.site.user.network
            answer = self._call(network, "GET", f"/ports?device_id={server.id}")
            if answer and answer.status == 200 and answer.body["ports"]:
                self._point(floating, answer.body["ports"][0]["id"])

    def _disassociate(self) -> None:
        floating = self._some("floatingips")
        if floating:
            self._point(floating, "")

    def _point(self, floating: Thing, port: str) -> None:
        self._change("ends", floating, {"floatingip": {"port_id": port or None}}, port)

    def _change(self, kind: str, thing: Thing, body: Json, value: str) -> None:
        answer = self._call(thing.api, "PUT", thing.path, body)
        name = f"{thing.path} {kind}"
        if answer is None or answer.status >= 500:
            self.things[name] = Thing(kind, thing.api, name, State.OPEN)
        elif answer.status == 200:
            self.things[name] = Thing(kind, thing.api, name, State.THERE, (thing.id, value))

    # Deleting, looking.

    def _delete_one(self) -> None:
        kinds = ("networks", "routers", "servers", "volumes", "floatingips", "groups", "keypairs")
        thing = self._some(self._chance.choice(kinds))
        if thing is None:
            return
        answer = self._call(thing.api, "DELETE", thing.path)
        if answer is None or answer.status >= 500:
            thing.state = State.OPEN
        elif answer.status == 404:
            self._missed(thing, f"DELETE {thing.path}: {answer.message}")
        elif answer.status < 300:
            self._gone(thing)

    def _gone(self, thing: Thing) -> None:
        thing.state = State.GONE
        # What hangs on it goes with it; a floating IP's end goes with the server's port.
        for other in self.things.values():
            if other.path.startswith(f"{thing.path} "):
                other.state = State.GONE
            elif thing.kind == "servers" and other.kind == "ends":
                other.state = State.OPEN
        if thing.kind == "networks" and thing.id in self.subnets:
            self.things[f"/subnets/{self.subnets.pop(thing.id)}"].state = State.GONE

    def _look(self) -> None:
        kinds = ("networks", "routers", "servers", "volumes", "floatingips", "groups")
        thing = self._some(self._chance.choice(kinds))
        if thing:
            answer = self._call(thing.api, "GET", thing.path)
            if answer and answer.status == 404:
                self._missed(thing, f"GET {thing.path}: {answer.message}")

    def _missed(self, thing: Thing, told: str) -> None:
        if thing.state is State.THERE:
            self.lost.append(told)
        self._gone(thing)

    def _some(self, kind: str) -> Thing | None:
        there = [t for t in self.things.values() if t.kind == kind and t.state != State.GONE]
        return self._chance.choice(there) if there else None

    def _call(self, api: Api, method: str, path: str, body: Any = None) -> Answer | None:
        try:
            answer = api(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            self._ledger.broken(method, path, error)
            return None
        self._ledger.note(method, path, answer)
        return answer
