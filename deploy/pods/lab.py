"""Bringing the lab up and down: what depends on what, and what is done only once."""

import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial

from deploy.pods import (
    broker,
    cinder,
    credentials,
    databases,
    fabric,
    glance,
    identities,
    keystone,
    neutron,
    nova,
    ovn,
    packages,
    placement,
)
from deploy.pods.commands import together
from deploy.pods.console import LabError, say, step
from deploy.pods.layout import PODS, Pod, State, pods_are_hidden
from deploy.pods.processes import Daemon, Supervisor
from deploy.pods.rest import Rest


class Lab:
    """The two regions of one state folder."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._supervisor = Supervisor(state)
        # Present when the databases hold schemas, users and endpoints.
        self._made = state.root / "data" / "made"
        # Present when the pods know their compute hosts, volume types and the image.
        self._prepared = state.root / "data" / "prepared"

    # What the lab consists of.

    def _foundation(self) -> list[Daemon]:
        state = self._state
        return [
            broker.memcached(state),
            broker.epmd(state),
            broker.rabbitmq(state),
            databases.daemon(state),
        ]

    def _services(self) -> list[Daemon]:
        state = self._state
        daemons = [glance.daemon(state)]
        for pod in PODS:
            daemons.append(neutron.daemon(state, pod))
            daemons += nova.control(state, pod)
            daemons += cinder.control(state, pod)
        return daemons

    def _workers(self) -> list[Daemon]:
        # Started last: each of them calls other services at once, and waits long when one is late.
        state = self._state
        works = (nova.compute, cinder.volume, cinder.backup)
        return [work(state, pod) for pod in PODS for work in works]

    def _identity_and_placement(self) -> list[Daemon]:
        # nova-compute asks Placement once at its start, and again only a minute later.
        state = self._state
        return [keystone.daemon(state), *(placement.daemon(state, pod) for pod in PODS)]

    def _chassis(self) -> list[Daemon]:
        daemons = []
        for pod in PODS:
            daemons += ovn.databases(self._state, pod)
            daemons += ovn.switches(self._state, pod)
        return daemons

    def daemons(self) -> list[Daemon]:
        """Every process of the lab, in the order of starting."""
        daemons = [*self._foundation(), *self._chassis(), *self._identity_and_placement()]
        return [*daemons, *self._services(), *self._workers()]

    # The commands.

    def install(self) -> None:
        """Debian packages and the OpenStack environment are there."""
        packages.check_machine()
        self._state.folder("log")
        with step("Debian packages"):
            packages.install_debian(self._state)
        with step("OpenStack 2025.1"):
            packages.install_python(self._state)
        packages.install_drivers(self._state)

    def up(self) -> None:
        """Both regions serve; what runs already is left alone."""
        begin = time.monotonic()
        self.install()
        self._supervisor.end_former_lives()
        self._configure()
        with step("database server, broker, switches"):
            together(self._start_foundation, *(self._chassis_starter(pod) for pod in PODS))
            fabric.connect(self._state)
        if not self._made.exists():
            self._make()
        with step("Keystone, Placement"):
            self._start(self._identity_and_placement())
        credentials.write_clouds(self._state)
        rest = Rest.admin(self._state)
        identities.show_pods(rest, hidden=pods_are_hidden())
        with step("Glance, Neutron, Nova, Cinder"):
            self._start(self._services())
        with step("compute hosts, volume services and chassis report in"):
            self._start(self._workers())
            self._wait_until_up(rest)
        if not self._prepared.exists():
            with step("cells, volume types, image"):
                self._prepare(rest)
        say(f"{time.monotonic() - begin:6.1f} s  both regions are up")
        say(f"credentials: {self._state.root / 'clouds.yaml'}")

    def down(self) -> None:
        """Nothing of the lab runs; networks, servers and volumes are kept for the next up."""
        packages.check_machine()
        with step("stop"):
            self._stop(self.daemons())

    def reset(self) -> None:
        """Nothing of the lab runs, and the next up begins with empty regions."""
        self.down()
        with step("back to the golden copy"):
            if not databases.restore_golden(self._state):
                self._made.unlink(missing_ok=True)
            self._prepared.unlink(missing_ok=True)
            for name in (*(pod.key for pod in PODS), "rabbitmq", "glance", "glance-staging"):
                shutil.rmtree(self._state.root / "data" / name, ignore_errors=True)

    def status(self) -> bool:
        """Print a table of all processes; true when all run and answer."""
        say(f"{'what':28}{'pid':>8}{'port':>8}  ok")
        healthy = True
        for daemon in self.daemons():
            pid = self._supervisor.pid(daemon.name)
            fine = bool(pid) and daemon.answers()
            port = _port(daemon)
            healthy &= fine
            say(f"{daemon.name:28}{pid or '-':>8}{port or '-':>8}  {'yes' if fine else 'NO'}")
        return healthy

    def shell_variables(self, region: str, user: str) -> str:
        """The lines of ``deploy/lab rc``."""
        if not (self._state.root / "clouds.yaml").exists():
            raise LabError("there is no lab yet: deploy/lab up makes it")
        return credentials.shell_variables(self._state, region, user)

    # Starting.

    def _configure(self) -> None:
        state = self._state
        keystone.configure(state)
        glance.configure(state)
        for pod in PODS:
            for service in (placement, neutron, nova, cinder):
                service.configure(state, pod)
        fabric.build(state)

    def _start(self, daemons: Sequence[Daemon]) -> None:
        for daemon in daemons:
            self._supervisor.start(daemon)
        for daemon in daemons:
            self._supervisor.wait(daemon)

    def _stop(self, daemons: Sequence[Daemon]) -> None:
        # Services before what they stand on: nobody spends its last seconds on reconnecting.
        foundation = {daemon.name for daemon in (*self._foundation(), *self._chassis())}
        names = [daemon.name for daemon in daemons]
        self._supervisor.stop([name for name in names if name not in foundation])
        self._supervisor.stop([name for name in names if name in foundation])
        fabric.dismantle(self._state)

    def _start_foundation(self) -> None:
        databases.initialise(self._state)
        self._start(self._foundation())
        broker.add_virtual_hosts(self._state)

    def _chassis_starter(self, pod: Pod) -> Callable[[], None]:
        def start() -> None:
            self._start(ovn.databases(self._state, pod))
            ovn.describe_chassis(self._state, pod)
            self._start(ovn.switches(self._state, pod))

        return start

    # Once.

    def _make(self) -> None:
        state, first = self._state, PODS[0]
        with step("schemas of all databases"):
            databases.create_all(state)
            together(
                partial(keystone.make_schema, state),
                partial(glance.make_schema, state),
                *(
                    partial(service.make_schema, state, first)
                    for service in (nova, neutron, cinder, placement)
                ),
            )
            databases.copy_pod_schemas(state)
            together(*(partial(nova.make_cells, state, pod) for pod in PODS))
        with step("users, projects, regions, endpoints"):
            self._start([keystone.daemon(state)])
            identities.create(state)
        with step("golden copy"):
            self._supervisor.stop([keystone.daemon(state).name, databases.daemon(state).name])
            databases.save_golden(state)
            self._start([databases.daemon(state)])
        self._made.touch()

    def _prepare(self, rest: Rest) -> None:
        state = self._state
        together(*(partial(nova.discover_hosts, state, pod) for pod in PODS))
        for pod in PODS:
            cinder.add_type(pod, rest)
        glance.add_image(state, rest)
        self._prepared.touch()

    def _wait_until_up(self, rest: Rest) -> None:
        since = self._supervisor.started
        checks: dict[str, Callable[[], bool]] = {}
        for pod in PODS:
            compute, volume = since(f"{pod.key}-nova-compute"), since(f"{pod.key}-cinder-volume")
            checks |= {
                f"the chassis of {pod.name}": partial(ovn.is_up, pod, rest),
                f"Nova of {pod.name}": partial(nova.is_up, pod, rest, compute),
                f"Placement of {pod.name}": partial(placement.is_up, pod, rest),
                f"Cinder of {pod.name}": partial(cinder.is_up, pod, rest, volume),
            }
        deadline = time.monotonic() + 120
        while checks := {name: check for name, check in checks.items() if not check()}:
            if time.monotonic() > deadline:
                raise LabError(
                    f"not up in time: {', '.join(checks)}; logs: {self._state.root / 'log'}"
                )
            time.sleep(0.5)


def _port(daemon: Daemon) -> int | None:
    if daemon.url:
        return int(daemon.url.split(":")[2].split("/")[0])
    return daemon.port
