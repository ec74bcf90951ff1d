"""What can be turned while the simulator runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from deploy.simulator.http import BadBody, Json


@dataclass(slots=True)
class Settings:
    """Seconds."""

    latency: float = 0.0
    build_delay: float = 0.05

    def change(self, given: Json) -> None:
        """Take over the values given."""
        for name, value in given.items():
            if name not in asdict(self) or not isinstance(value, int | float) or value < 0:
                raise BadBody(f"no such setting, or no such value: {name}")
            setattr(self, name, float(value))
