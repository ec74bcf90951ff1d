"""OVN and Open vSwitch of one pod, on the userspace datapath and away from the default folders.

ovs-vswitchd and ovn-controller run in the pod's network namespace; the databases are reached
through unix sockets and therefore from inside the namespaces too.
"""

import os
import shutil

from deploy.pods.commands import environment, run
from deploy.pods.layout import PHYSICAL_NETWORKS, Pod, State
from deploy.pods.processes import Daemon
from deploy.pods.rest import Rest

SCHEMAS = {
    "conf": "/usr/share/openvswitch/vswitch.ovsschema",
    "nb": "/usr/share/ovn/ovn-nb.ovsschema",
    "sb": "/usr/share/ovn/ovn-sb.ovsschema",
}
SOCKETS = {"conf": "db.sock", "nb": "nb.sock", "sb": "sb.sock"}


def folders(state: State, pod: Pod) -> dict[str, str]:
    """The variables that keep every tool of OVN and OVS inside the state folder."""
    runs = str(state.folder("run", f"ovn-{pod.key}"))
    data = str(state.folder("data", pod.key, "ovn"))
    logs = str(state.folder("log", "ovn"))
    return {
        "OVS_RUNDIR": runs,
        "OVN_RUNDIR": runs,
        "OVS_DBDIR": data,
        "OVN_DBDIR": data,
        "OVS_SYSCONFDIR": data,
        "OVN_SYSCONFDIR": data,
        "OVS_LOGDIR": logs,
        "OVN_LOGDIR": logs,
    }


def databases(state: State, pod: Pod) -> list[Daemon]:
    """The three database servers; missing databases are made first."""
    env = folders(state, pod)
    daemons = []
    for name, schema in SCHEMAS.items():
        file = f"{env['OVS_DBDIR']}/{name}.db"
        if not os.path.exists(file):
            run(("ovsdb-tool", "create", file, schema))
        path = state.ovn_run(pod) / SOCKETS[name]
        command = (
            "ovsdb-server",
            file,
            f"--remote=punix:{path}",
            f"--unixctl={state.ovn_run(pod)}/ovsdb-{name}.ctl",
            "-vconsole:warn",
        )
        daemons.append(Daemon(f"{pod.key}-ovsdb-{name}", command, env=env, socket=path))
    return daemons


def switches(state: State, pod: Pod) -> list[Daemon]:
    """northd, and the chassis: ovs-vswitchd and ovn-controller in the pod's namespace."""
    env, runs = folders(state, pod), state.ovn_run(pod)
    northd = (
        "ovn-northd",
        f"--ovnnb-db=unix:{runs}/nb.sock",
        f"--ovnsb-db=unix:{runs}/sb.sock",
        f"--unixctl={runs}/northd.ctl",
        "-vconsole:warn",
    )
    database = f"unix:{runs}/db.sock"
    vswitchd = ("ovs-vswitchd", database, f"--unixctl={runs}/vswitchd.ctl", "-vconsole:warn")
    # ovn-controller 23.03 has no --unixctl: its run folder decides.
    controller = ("ovn-controller", database, "-vconsole:warn")
    return [
        Daemon(f"{pod.key}-northd", northd, env=env, socket=runs / "northd.ctl"),
        Daemon(
            f"{pod.key}-vswitchd",
            vswitchd,
            env=env,
            socket=runs / "vswitchd.ctl",
            namespace=pod.namespace,
        ),
        Daemon(f"{pod.key}-ovn-controller", controller, env=env, namespace=pod.namespace),
    ]


def vsctl(state: State, pod: Pod, *words: str) -> str:
    """Run ovs-vsctl on the pod's switch."""
    command = ("ovs-vsctl", f"--db=unix:{state.ovn_run(pod)}/db.sock", "--timeout=30", *words)
    return run(command, env=environment(state, folders(state, pod)))


def describe_chassis(state: State, pod: Pod) -> None:
    """Tell the chassis who it is, before the switch starts: the datapath type is read then."""
    mappings = ",".join(f"{name}:br-{name}" for name in PHYSICAL_NETWORKS)
    identifiers = {
        "system-id": pod.host,
        "hostname": pod.host,
        "ovn-remote": f"unix:{state.ovn_run(pod)}/sb.sock",
        "ovn-encap-type": "geneve",
        "ovn-encap-ip": pod.tunnel_address,
        "ovn-bridge-datapath-type": "netdev",
        "ovn-bridge-mappings": mappings,
        "ovn-cms-options": "enable-chassis-as-gw",
    }
    words = ["--no-wait", "init", "--", "set", "Open_vSwitch", "."]
    words += [f'external_ids:{name}="{value}"' for name, value in identifiers.items()]
    for bridge in ("br-int", *(f"br-{name}" for name in PHYSICAL_NETWORKS)):
        words += ["--", "--may-exist", "add-br", bridge]
        words += ["--", "set", "Bridge", bridge, "datapath_type=netdev"]
    # What br-int does before ovn-controller has programmed it: nothing, instead of flooding.
    words += ["--", "set", "Bridge", "br-int", "fail_mode=secure"]
    vsctl(state, pod, *words)


def forget(state: State, pod: Pod) -> None:
    """No trace of networks or ports is left in the pod's switch and OVN databases."""
    shutil.rmtree(state.root / "data" / pod.key / "ovn", ignore_errors=True)


def is_up(pod: Pod, rest: Rest) -> bool:
    """Whether Neutron sees the chassis alive; it binds no port before."""
    agents = rest.get(f"{pod.neutron_url}/v2.0/agents")["agents"]
    return any(agent["alive"] and agent["host"] == pod.host for agent in agents)
