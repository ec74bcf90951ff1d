"""What the rows of types ask pods for."""

from typing import Protocol


class Learning(Protocol):
    """Types and QoS specs that pods have of their own become the gateway's."""

    async def fresh(self, seconds: float = ...) -> None:
        """Return when every pod was read in the last seconds; without those that are too slow."""
        ...
