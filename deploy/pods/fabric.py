"""The cables: a namespace for each pod, a switch between the pods, and a host outside.

The two pods' physical networks are joined by Linux bridges in a namespace of their own; a Linux
bridge passes 802.1Q tags untouched. The outside host hangs on an access port of Pod2's br-extern,
because the kernel may have no VLAN devices, and reaches the external networks of both pods.
"""

import json
import subprocess
from pathlib import Path

from deploy.pods.commands import run
from deploy.pods.layout import (
    OUTSIDE,
    OUTSIDE_WIRES,
    PHYSICAL_NETWORKS,
    PODS,
    Pod,
    State,
)
from deploy.pods.ovn import vsctl

FABRIC = "trio2o-fabric"
_NAMESPACES = Path("/run/netns")
_GUEST = "guest-"


def _namespaces() -> set[str]:
    return {line.split()[0] for line in run(("ip", "netns", "list")).splitlines() if line}


def _works(namespace: str) -> bool:
    # A name can outlive its namespace: when a container ends its mounts go and the file stays.
    probe = ("ip", "-n", namespace, "link", "show", "lo")
    return subprocess.run(probe, capture_output=True).returncode == 0


def _links(namespace: str) -> set[str]:
    rows = run(("ip", "-n", namespace, "-o", "link", "show")).splitlines()
    return {row.split(": ")[1].partition("@")[0] for row in rows}


def _ip(namespace: str, *lines: str) -> None:
    run(("ip", "-n", namespace, "-batch", "-"), text="\n".join((*lines, "")))


def _add_namespace(name: str) -> None:
    if name in _namespaces() and not _works(name):
        run(("ip", "netns", "del", name))
    if name not in _namespaces():
        run(("ip", "netns", "add", name))
        _ip(name, "link set lo up")
        # No router advertisements or link-local chatter on devices that only carry frames. A
        # kernel without IPv6 does not know the setting and needs it not.
        setting = "net.ipv6.conf.default.disable_ipv6=1"
        run(("ip", "netns", "exec", name, "sysctl", "-qw", setting), check=False)


def build(state: State) -> None:
    """Namespaces and cables exist, all of this state folder's; the switches are not needed yet."""
    if _strangers(state):
        # A lab whose state folder is gone left them: its devices have the names of ours, and hang
        # on switches that run no more.
        dismantle(state)
    _add_namespace(FABRIC)
    there = _links(FABRIC)
    for network in PHYSICAL_NETWORKS:
        if network not in there:
            _ip(FABRIC, f"link add {network} type bridge", f"link set {network} up")
    for pod in PODS:
        _add_namespace(pod.namespace)
        address = f"{pod.tunnel_address}/32"
        _ip(pod.namespace, f"addr replace {address} dev lo")
        there = _links(pod.namespace)
        for network in PHYSICAL_NETWORKS:
            if f"to-{network}" not in there:
                _cable(pod, network)
    _add_namespace(OUTSIDE)
    _record(state).write_text(json.dumps(_identities(), indent=1, sort_keys=True))


def _cable(pod: Pod, network: str) -> None:
    far = f"{pod.key}-{network}"
    _ip(
        pod.namespace,
        f"link add to-{network} type veth peer name {far} netns {FABRIC}",
        f"link set to-{network} mtu 1600 up",
    )
    _ip(FABRIC, f"link set {far} mtu 1600 master {network} up")


def connect(state: State) -> None:
    """The running switches hold their end of each cable, and the outside host is on its wire."""
    for pod in PODS:
        words: list[str] = []
        for network in PHYSICAL_NETWORKS:
            words += ["--", "--may-exist", "add-port", f"br-{network}", f"to-{network}"]
        vsctl(state, pod, *words[1:])
    _connect_outside(state, PODS[1])


def _connect_outside(state: State, pod: Pod) -> None:
    there = _links(OUTSIDE)
    for device, (vlan, address) in OUTSIDE_WIRES.items():
        port = ("--may-exist", "add-port", "br-extern", device, f"tag={vlan}")
        vsctl(state, pod, *port, "--", "set", "Interface", device, "type=internal")
        if device in there:
            continue
        _ip(pod.namespace, f"link set {device} netns {OUTSIDE}")
        # The userspace datapath completes no checksums: with offload every TCP connection dies.
        run(("ip", "netns", "exec", OUTSIDE, "ethtool", "-K", device, "tx", "off"))
        _ip(OUTSIDE, f"addr replace {address} dev {device}", f"link set {device} up")


def _fixed() -> set[str]:
    return {FABRIC, OUTSIDE, *(pod.namespace for pod in PODS)}


def _identities() -> dict[str, int]:
    """The lab's namespaces that exist, each with what tells it from an earlier one of its name."""
    return {name: (_NAMESPACES / name).stat().st_ino for name in _fixed() & _namespaces()}


def _record(state: State) -> Path:
    return state.folder("run") / "namespaces.json"


def _strangers(state: State) -> bool:
    """Whether a namespace of the lab's names was not made for this state folder."""
    record = _record(state)
    known = json.loads(record.read_text()) if record.exists() else {}
    return any(known.get(name) != identity for name, identity in _identities().items())


def dismantle(state: State) -> None:
    """None of the lab's namespaces is left, guests' included, and nothing runs in one of them."""
    guests = {name for name in _namespaces() if name.startswith(_GUEST)}
    for name in sorted(_fixed() & _namespaces() | guests):
        for pid in run(("ip", "netns", "pids", name)).split():
            run(("kill", "-9", pid), check=False)
        run(("ip", "netns", "del", name))
    _record(state).unlink(missing_ok=True)
