"""How each step of the guide of 2016 is done; :mod:`deploy.walkthrough.orders` says when."""

from collections.abc import Iterable
from typing import Any

from deploy.pods.console import say
from deploy.stack import Stack
from deploy.walkthrough import earlier, names
from deploy.walkthrough.clients import User, until
from deploy.walkthrough.orders import WITH_PACKETS, Order, Step
from deploy.walkthrough.packets import Host
from deploy.walkthrough.report import Report, StepFailed


class Guide:
    """One walk through the guide, against one stack."""

    def __init__(self, stack: Stack, report: Report) -> None:
        self._stack = stack
        self._report = report
        self._admin = User("admin", stack.clouds)
        self._user = User("demo", stack.clouds)
        self._servers: dict[str, Any] = {}
        self._floating: dict[str, str] = {}
        self._backwards = False
        self._how = {
            Step.CLEAR: self._clear,
            Step.PODS: self._register_pods,
            Step.FLAVOR: self._create_flavor,
            Step.NETWORKS: self._create_networks,
            Step.SERVERS: self._boot_servers,
            Step.VOLUMES: self._create_volumes,
            Step.EXTERNAL: self._create_external_network,
            Step.ROUTER: self._create_router,
            Step.GATEWAY: self._set_gateway,
            Step.INTERFACES: self._add_interfaces,
            Step.CONNECTED: self._wait_for_router,
            Step.ACROSS: self._ping_across,
            Step.ADMIT: self._admit,
            Step.FLOATING: self._create_floating_ips,
            Step.ASSOCIATE: self._associate,
            Step.OUTSIDE: self._fetch_from_outside,
            Step.JOBS: self._list_jobs,
            Step.UNDO: self._undo,
        }

    def walk(self, order: Order) -> None:
        """All steps in that order; packets only where the guests are real."""
        self._backwards = order.backwards
        for step in order.steps:
            if not (self._stack.simulated and step in WITH_PACKETS):
                self._how[step]()

    def _each(self, pair: Iterable[str]) -> list[str]:
        return list(pair)[:: -1 if self._backwards else 1]

    def _clear(self) -> None:
        with self._report.step("Remove what an earlier walk left, through the gateway"):
            self._remove()

    def _undo(self) -> None:
        with self._report.step("Remove everything again, through the gateway"):
            self._remove()

    def _remove(self) -> None:
        count = earlier.remove(self._admin, self._user, self._stack.gateway_url)
        say(f"   {count} objects removed")

    def _register_pods(self) -> None:
        url = f"{self._stack.gateway_url}/v1.0/pods"
        with self._report.step("Register the top region and both pods"):
            known = {pod["pod_name"] for pod in self._admin.curl("GET", url)["pods"]}
            wanted = [{"pod_name": "RegionOne"}]
            wanted += [
                {"pod_name": f"Pod{number}", "az_name": zone}
                for number, zone in enumerate(names.ZONES, 1)
            ]
            for pod in wanted:
                if pod["pod_name"] not in known:
                    self._admin.curl("POST", url, {"pod": pod})
            listed = self._admin.run("aggregate list -f value -c Name -c 'Availability Zone'")
            say("   aggregates: " + ", ".join(listed.split("\n")[:-1]))

    def _create_flavor(self) -> None:
        with self._report.step("Create a flavor once, for all pods"):
            self._admin.run(f"flavor create --ram 64 --disk 1 --vcpus 1 {names.FLAVOR}")

    def _create_networks(self) -> None:
        with self._report.step("Create a network in each availability zone"):
            zones = dict(zip(names.NETWORKS, names.ZONES, strict=True))
            for name in self._each(zones):
                cidr = names.NETWORKS[name]
                self._user.run(f"network create --availability-zone-hint {zones[name]} {name}")
                self._user.run(f"subnet create --network {name} --subnet-range {cidr} {name}")

    def _boot_servers(self) -> None:
        with self._report.step("Boot a server in each availability zone"):
            where = {
                name: f"--network {network} --availability-zone {zone}"
                for name, network, zone in zip(
                    names.SERVERS, names.NETWORKS, names.ZONES, strict=True
                )
            }
            for name in self._each(names.SERVERS):
                self._servers[name] = self._user.show(
                    f"server create --flavor {names.FLAVOR} --image cirros {where[name]} {name}"
                )
            for name in names.SERVERS:
                self._wait_for_server(name)

    def _wait_for_server(self, name: str) -> None:
        def built() -> Any:
            server = self._user.get("compute", f"/servers/{server_id}")["server"]
            if server["status"] == "ERROR":
                raise StepFailed(f"{name}: {server.get('fault')}")
            return server if server["status"] == "ACTIVE" else None

        server_id = self._servers[name]["id"]
        self._servers[name] = until(f"{name} ACTIVE", built)
        zone = self._servers[name].get("OS-EXT-AZ:availability_zone")
        say(f"   {name} is ACTIVE in {zone}, {self._address(name)}")

    def _address(self, server: str) -> str:
        addresses = self._servers[server]["addresses"]
        return str(next(iter(addresses.values()))[0]["addr"])

    def _create_volumes(self) -> None:
        with self._report.step("Create a volume in each availability zone"):
            zones = dict(zip(names.VOLUMES, names.ZONES, strict=True))
            for name in self._each(zones):
                where = f"--availability-zone {zones[name]}"
                self._user.run(f"volume create --size 1 {where} {name}")
            until("both volumes available", self._volumes_available)
            say(self._user.run("volume list -c Name -c Status -c Size").rstrip())

    def _volumes_available(self) -> bool:
        volumes = self._user.get("block_storage", "/volumes/detail")["volumes"]
        states = {volume["name"]: volume["status"] for volume in volumes}
        return all(states.get(name) == "available" for name in names.VOLUMES)

    def _create_external_network(self) -> None:
        with self._report.step("Create the external network in Pod2, by curl on port 9696's API"):
            network = {
                "name": names.EXTERNAL,
                "admin_state_up": True,
                "router:external": True,
                "provider:network_type": "vlan",
                "provider:physical_network": "extern",
                "provider:segmentation_id": names.EXTERNAL_VLAN,
                "availability_zone_hints": ["Pod2"],
            }
            url = f"{self._stack.network_url}/v2.0/networks"
            self._admin.curl("POST", url, {"network": network})
            where = f"--network {names.EXTERNAL} --subnet-range {names.EXTERNAL_CIDR} --no-dhcp"
            pool = f"--allocation-pool {names.EXTERNAL_POOL}"
            self._admin.run(f"subnet create {where} {pool} {names.EXTERNAL}")

    def _create_router(self) -> None:
        with self._report.step("One router for all"):
            self._user.run(f"router create {names.ROUTER}")

    def _set_gateway(self) -> None:
        with self._report.step("The router's way to outside"):
            self._user.run(f"router set --external-gateway {names.EXTERNAL} {names.ROUTER}")

    def _add_interfaces(self) -> None:
        with self._report.step("Both networks on the router"):
            for network in self._each(names.NETWORKS):
                self._user.run(f"router add subnet {names.ROUTER} {network}")

    def _wait_for_router(self) -> None:
        with self._report.step("Every pod has its part of the router"):
            routers = self._user.get("network", f"/routers?name={names.ROUTER}")["routers"]
            path = f"/jobs?router_id={routers[0]['id']}&state=accepted&state=running"
            until(f"the jobs of {names.ROUTER} have ended", lambda: self._none_open(path))
            self._refuse_broken_router()
            say(f"   {names.ROUTER} is ACTIVE")

    def _none_open(self, path: str) -> bool:
        open_jobs = self._admin.sdk.session.get(f"{self._stack.gateway_url}/v1.0{path}").json()
        return not open_jobs["jobs"]

    def _refuse_broken_router(self) -> None:
        routers = self._user.get("network", f"/routers?name={names.ROUTER}")["routers"]
        if routers[0]["status"] != "ACTIVE":
            raise StepFailed(f"{names.ROUTER} is {routers[0]['status']}: /v1.0/jobs tells why")

    def _guests(self) -> list[Host]:
        return [Host.guest(name, self._servers[name]["id"]) for name in names.SERVERS]

    def _ping_across(self) -> None:
        vm1, vm2 = self._guests()
        for one, other in ((vm1, vm2), (vm2, vm1)):
            with self._report.step(f"{one.name} pings {other.name} across the pods", vital=False):
                say(f"   {one.ping(self._address(other.name))}")
        for guest in (vm1, vm2):
            with self._report.step(f"{guest.name} pings the outside host", vital=False):
                say(f"   {guest.ping(names.OUTSIDE_ADDRESS)}")

    def _admit(self) -> None:
        with self._report.step("The default group admits pings and the web"):
            rule = "security group rule create --ingress --protocol"
            self._allow(f"{rule} tcp --dst-port 80 default")
            self._allow(f"{rule} icmp default")

    def _create_floating_ips(self) -> None:
        with self._report.step("A floating IP for each server"):
            for name in self._each(names.SERVERS):
                created = self._user.show(f"floating ip create {names.EXTERNAL}")
                self._floating[name] = created["floating_ip_address"]

    def _associate(self) -> None:
        with self._report.step("Each floating IP leads to its server"):
            for name in self._each(names.SERVERS):
                self._user.run(f"server add floating ip {name} {self._floating[name]}")
            until("both floating IPs ACTIVE", self._floating_ips_active)

    def _allow(self, words: str) -> None:
        # The default group outlives a walk, and so do its rules.
        try:
            self._user.run(words)
        except StepFailed as failure:
            if "already exists" not in str(failure):
                raise
            say("   (the rule is there from an earlier walk)")

    def _floating_ips_active(self) -> bool:
        rows = self._user.get("network", "/floatingips")["floatingips"]
        states = {row["floating_ip_address"]: row["status"] for row in rows}
        wanted = [states.get(address) for address in self._floating.values()]
        if "ERROR" in wanted:
            raise StepFailed(f"{self._floating}: {states}; /v1.0/jobs tells why")
        return all(state == "ACTIVE" for state in wanted)

    def _fetch_from_outside(self) -> None:
        outside = Host.outside()
        for guest in self._guests():
            address = self._floating[guest.name]
            title = f"The outside host reaches {guest.name} by its floating IP {address}"
            with self._report.step(title, vital=False):
                folder = self._stack.state.folder("web", guest.name)
                guest.serve(self._stack.supervisor, folder)
                say(f"   {outside.ping(address)}")
                say(f"   {outside.fetch(address, f'hello from {guest.name}')}")

    def _list_jobs(self) -> None:
        with self._report.step("The jobs that all of this was"):
            url = f"{self._stack.gateway_url}/v1.0/jobs"
            for job in reversed(self._admin.curl("GET", url)["jobs"][:12]):
                say(f"   {job['state']:10} {job['attempts']}x  {job['workflow_id']}")
