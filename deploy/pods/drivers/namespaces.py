# mypy: disable-error-code="import-not-found, import-untyped, misc"
"""Nova's virt driver of the lab: a guest is a network namespace ``guest-<server id>``.

Each interface is an internal port of the pod's br-int, moved into the guest's namespace with the
MAC, addresses, MTU and default route of its Neutron port: a command under ``ip netns exec`` there
runs in the guest. Everything that needs no real guest comes from Nova's fake driver.
"""

import io
import json
import os
from pathlib import Path
from typing import Any, ClassVar

from eventlet.timeout import Timeout
from nova import exception
from nova.compute import power_state, task_states
from nova.image import glance
from nova.virt import fake
from oslo_concurrency import processutils
from oslo_log import log as logging

LOG = logging.getLogger(__name__)

PLUG_PATIENCE = 60
# Clients ask for the last so many lines: there are more than they ask for.
CONSOLE_LINES = 60


def _run(*command: str, text: str | None = None) -> str:
    output: str = processutils.execute(*command, process_input=text and text.encode())[0]
    return output


def _vsctl(*words: str) -> str:
    return _run("ovs-vsctl", f"--db={os.environ['TRIO2O_OVSDB']}", "--timeout=30", *words)


def _namespace(server_id: str) -> str:
    return f"guest-{server_id}"


def _namespace_exists(name: str) -> bool:
    return os.path.exists(f"/run/netns/{name}")


def _addresses(vif: Any) -> tuple[list[str], list[str]]:
    """The addresses with prefix lengths, and the gateways, of one interface."""
    addresses, gateways = [], []
    for subnet in vif["network"]["subnets"]:
        prefix = subnet["cidr"].partition("/")[2]
        addresses += [f"{ip['address']}/{prefix}" for ip in subnet["ips"]]
        if gateway := (subnet.get("gateway") or {}).get("address"):
            gateways.append(gateway)
    return addresses, gateways


def _device(vif: Any) -> str:
    name: str = vif.get("devname") or f"tap{vif['id'][:11]}"
    return name


class NamespaceDriver(fake.FakeDriverWithoutFakeNodes):
    """A compute host that keeps its guests over restarts and gives them real interfaces."""

    capabilities: ClassVar[dict[str, bool]] = {
        **fake.FakeDriver.capabilities,
        "supports_migrate_to_same_host": True,
        "supports_bfv_rescue": True,
    }

    def __init__(self, virtapi: Any, read_only: bool = False) -> None:
        super().__init__(virtapi, read_only)
        self._records = Path(os.environ["TRIO2O_GUESTS"])

    # Guests over restarts. Nova itself calls plug_vifs for every guest when nova-compute starts.

    def init_host(self, host: str) -> None:
        """Remember the guests of the last run, with their power states."""
        super().init_host(host)
        for file in self._records.glob("*.json"):
            record = json.loads(file.read_text())
            guest = fake.FakeInstance(record["name"], record["state"], file.stem)
            self.instances[file.stem] = guest
            self.resources.claim(**record["resources"])

    def _remember(self, instance: Any) -> None:
        flavor = instance.flavor
        record = {
            "name": instance.name,
            "state": self.instances[instance.uuid].state,
            "resources": {
                "vcpus": flavor.vcpus,
                "mem": flavor.memory_mb,
                "disk": flavor.root_gb,
            },
        }
        (self._records / f"{instance.uuid}.json").write_text(json.dumps(record))

    # Interfaces.

    def _plug(self, instance: Any, vif: Any) -> None:
        namespace, device = _namespace(instance.uuid), _device(vif)
        if not _namespace_exists(namespace):
            _run("ip", "netns", "add", namespace)
            _run("ip", "-n", namespace, "link", "set", "lo", "up")
        mtu = vif["network"]["meta"].get("mtu") or 1500
        _vsctl(
            *("--may-exist", "add-port", "br-int", device),
            *("--", "set", "Interface", device, "type=internal", f"mtu_request={mtu}"),
            f"external_ids:iface-id={vif['id']}",
            "external_ids:iface-status=active",
            f'external_ids:attached-mac="{vif["address"]}"',
            f"external_ids:vm-uuid={instance.uuid}",
        )
        if device not in _run("ip", "-n", namespace, "-o", "link"):
            pod = os.environ["TRIO2O_POD_NAMESPACE"]
            _run("ip", "-n", pod, "link", "set", device, "netns", namespace)
        # The userspace datapath completes no checksums: with offload every TCP connection dies.
        _run("ip", "netns", "exec", namespace, "ethtool", "-K", device, "tx", "off")
        addresses, gateways = _addresses(vif)
        up = self.instances[instance.uuid].state == power_state.RUNNING
        lines = [f"link set {device} address {vif['address']} mtu {mtu}"]
        lines += [f"addr replace {address} dev {device} nodad" for address in addresses]
        lines.append(f"link set {device} {'up' if up else 'down'}")
        if up:
            # A guest outlives nova-compute, and then its routes are there already.
            known = "".join(
                _run("ip", family, "-n", namespace, "route", "show", "default", "dev", device)
                for family in ("-4", "-6")
            )
            # The first interface wins, as with DHCP on most guests; a second one adds no default.
            lines += [
                f"route append default via {gateway} dev {device}"
                for gateway in gateways
                if f"via {gateway} " not in known
            ]
        _run("ip", "-n", namespace, "-batch", "-", text="\n".join((*lines, "")))

    def _unplug(self, vif: Any) -> None:
        _vsctl("--if-exists", "del-port", "br-int", _device(vif))

    def _plug_and_wait(self, instance: Any, vifs: list[Any]) -> None:
        """Plug, and return when Neutron has said that the ports are active.

        ``VirtualInterfaceCreateException`` when it does not say so in time.
        """
        events = [("network-vif-plugged", vif["id"]) for vif in vifs if not vif.get("active")]
        try:
            with self.virtapi.wait_for_instance_event(
                instance, events, deadline=PLUG_PATIENCE, error_callback=_plugging_failed
            ):
                for vif in vifs:
                    self._plug(instance, vif)
        except Timeout as error:
            # No Exception, so Nova would never hear of it: the server would stay in BUILD.
            LOG.error("Neutron did not report the ports active", instance=instance)
            raise exception.VirtualInterfaceCreateException() from error

    def plug_vifs(self, instance: Any, network_info: Any) -> None:
        """The guest's namespace has all these interfaces."""
        for vif in network_info:
            self._plug(instance, vif)

    def unplug_vifs(self, instance: Any, network_info: Any) -> None:
        """These interfaces are gone."""
        for vif in network_info:
            self._unplug(vif)

    def attach_interface(self, context: Any, instance: Any, image_meta: Any, vif: Any) -> None:
        """The guest has one more interface."""
        self._plug(instance, vif)

    def detach_interface(self, context: Any, instance: Any, vif: Any) -> None:
        """The guest has one interface less."""
        self._unplug(vif)

    # The life of a guest.

    def spawn(
        self,
        context: Any,
        instance: Any,
        image_meta: Any,
        injected_files: Any,
        admin_password: Any,
        allocations: Any,
        network_info: Any = None,
        block_device_info: Any = None,
        power_on: bool = True,
        accel_info: Any = None,
    ) -> None:
        """The guest's namespace exists and its ports are active."""
        super().spawn(
            context,
            instance,
            image_meta,
            injected_files,
            admin_password,
            allocations,
            network_info=network_info,
            block_device_info=block_device_info,
            power_on=power_on,
            accel_info=accel_info,
        )
        self._remember(instance)
        self._plug_and_wait(instance, list(network_info or ()))

    def destroy(
        self, context: Any, instance: Any, network_info: Any, *args: Any, **kw: Any
    ) -> None:
        """Nothing of the guest is left: no process, no namespace, no port on the switch."""
        namespace = _namespace(instance.uuid)
        if _namespace_exists(namespace):
            for pid in _run("ip", "netns", "pids", namespace).split():
                processutils.execute("kill", "-9", pid, check_exit_code=False)
        owned = f"external_ids:vm-uuid={instance.uuid}"
        for device in _vsctl("--bare", "--columns=name", "find", "Interface", owned).split():
            _vsctl("--if-exists", "del-port", "br-int", device)
        if _namespace_exists(namespace):
            _run("ip", "netns", "del", namespace)
        (self._records / f"{instance.uuid}.json").unlink(missing_ok=True)
        super().destroy(context, instance, network_info, *args, **kw)

    def power_off(self, instance: Any, timeout: int = 0, retry_interval: int = 0) -> None:
        """The guest's interfaces are down; it answers nobody."""
        super().power_off(instance, timeout, retry_interval)
        self._remember(instance)
        namespace = _namespace(instance.uuid)
        if _namespace_exists(namespace):
            links = json.loads(_run("ip", "-n", namespace, "-j", "link") or "[]")
            for name in (link["ifname"] for link in links if link["ifname"] != "lo"):
                _run("ip", "-n", namespace, "link", "set", name, "down")

    def power_on(
        self, context: Any, instance: Any, network_info: Any, *args: Any, **kw: Any
    ) -> None:
        """The guest's interfaces are up again, with their routes."""
        super().power_on(context, instance, network_info, *args, **kw)
        self._remember(instance)
        self.plug_vifs(instance, network_info)

    def snapshot(self, context: Any, instance: Any, image_id: str, update: Any) -> None:
        """The image is active; a namespace has no disk, so its bytes are a note."""
        update(task_state=task_states.IMAGE_PENDING_UPLOAD)
        update(
            task_state=task_states.IMAGE_UPLOADING,
            expected_state=task_states.IMAGE_PENDING_UPLOAD,
        )
        image = {"disk_format": "raw", "container_format": "bare"}
        note = io.BytesIO(f"snapshot of guest {instance.uuid}\n".encode())
        glance.API().update(context, image_id, image, note, purge_props=False)

    def get_console_output(self, context: Any, instance: Any) -> str:
        """Lines as of a boot; a namespace has no console of its own."""
        lines = [f"[{number:4}.000000] guest {instance.uuid}" for number in range(CONSOLE_LINES)]
        return "\n".join((*lines, f"{instance.hostname} login:"))

    def get_host_uptime(self) -> str:
        """The machine's uptime; the fake driver has none and hypervisor show needs it."""
        return _run("uptime").strip()


def _plugging_failed(event_name: str, instance: Any) -> None:
    LOG.error("Neutron reported failure of %s", event_name, instance=instance)
    raise exception.VirtualInterfaceCreateException()
