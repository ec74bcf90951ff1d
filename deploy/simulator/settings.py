"""What can be turned while the simulator runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from deploy.simulator.http import BadBody, Json


@dataclass(slots=True)
class Settings:
    """`latency` and `build_delay` are seconds; `metadata_ports` says whether every network gets
    a port of the region's own, as with a metadata service, `dhcp_agents` whether there are
    agents that networks can be given to, as without OVN."""

    latency: float = 0.0
    build_delay: float = 0.05
    metadata_ports: bool = False
    dhcp_agents: bool = False

    def change(self, given: Json) -> None:
        """Take over the values given."""
        for name, value in given.items():
            have = asdict(self).get(name)
            flag = isinstance(have, bool)
            known = have is not None and flag == isinstance(value, bool)
            if not known or not isinstance(value, int | float) or value < 0:
                raise BadBody(f"no such setting, or no such value: {name}")
            setattr(self, name, value if flag else float(value))
