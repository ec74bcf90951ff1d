"""Neutron of one pod: the server alone, ML2/OVN does the agents' work."""

from deploy.pods.commands import environment, run
from deploy.pods.configuration import (
    database,
    locks,
    service_login,
    token_check,
    write_ini,
)
from deploy.pods.layout import PHYSICAL_NETWORKS, Pod, State
from deploy.pods.processes import Daemon


def configure(state: State, pod: Pod) -> None:
    """Write neutron.conf, the ML2 part included."""
    vlans = ",".join(f"{name}:{ids}" for name, ids in PHYSICAL_NETWORKS.items())
    write_ini(
        state.root / "etc" / pod.key / "neutron.conf",
        {
            "DEFAULT": {
                "bind_host": "127.0.0.1",
                "bind_port": pod.port(9696),
                "state_path": state.folder("data", pod.key, "neutron"),
                "api_paste_config": state.venv / "etc" / "neutron" / "api-paste.ini",
                "auth_strategy": "keystone",
                "core_plugin": "ml2",
                "service_plugins": "ovn-router,trunk,qos,port_forwarding,segments",
                "api_workers": 1,
                # ML2/OVN has no agents that speak RPC: no broker, no RPC workers.
                "rpc_workers": 0,
                "rpc_state_report_workers": 0,
                "transport_url": "fake://",
                "notify_nova_on_port_status_changes": "true",
                "notify_nova_on_port_data_changes": "true",
            },
            "ml2": {
                "type_drivers": "geneve,vlan,flat",
                "tenant_network_types": "geneve,vlan",
                "mechanism_drivers": "ovn",
                "extension_drivers": "port_security,qos",
            },
            "ml2_type_geneve": {"vni_ranges": "1:65536", "max_header_size": 38},
            "ml2_type_vlan": {"network_vlan_ranges": vlans},
            "securitygroup": {"enable_security_group": "true"},
            "ovn": {
                "ovn_nb_connection": f"unix:{state.ovn_run(pod)}/nb.sock",
                "ovn_sb_connection": f"unix:{state.ovn_run(pod)}/sb.sock",
                "ovn_metadata_enabled": "false",
            },
            "database": database(state, f"{pod.key}_neutron"),
            "keystone_authtoken": token_check(state, "neutron", pod.name),
            # The pods may have no public endpoints.
            "nova": service_login(state, "nova", pod.name) | {"endpoint_type": "internal"},
            "placement": service_login(state, "placement", pod.name)
            | {"endpoint_type": "internal"},
            "oslo_concurrency": locks(state, f"{pod.key}-neutron"),
        },
    )


def _configuration(state: State, pod: Pod) -> str:
    return str(state.root / "etc" / pod.key / "neutron.conf")


def make_schema(state: State, pod: Pod) -> None:
    """Neutron's tables exist."""
    program = state.program("neutron-db-manage")
    run(
        (program, "--config-file", _configuration(state, pod), "upgrade", "heads"),
        env=environment(state),
        log=state.folder("log") / f"{pod.key}-neutron-manage.log",
    )


def daemon(state: State, pod: Pod) -> Daemon:
    """The Network API."""
    command = (state.program("neutron-server"), "--config-file", _configuration(state, pod))
    return Daemon(f"{pod.key}-neutron", command, url=f"{pod.neutron_url}/")
