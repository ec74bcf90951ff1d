"""Hosts of the lab: guests and the host outside, which are network namespaces."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

_TRIES = ("-c", "8", "-i", "0.3", "-W", "2")


@dataclass
class Host:
    """Where commands run."""

    namespace: str

    @classmethod
    def guest(cls, server_id: str) -> Host:
        """The guest of a server."""
        return cls(f"guest-{server_id}")

    @classmethod
    def outside(cls) -> Host:
        """The host on the external network."""
        return cls("outside")

    def pings(self, address: str) -> bool:
        """Whether the address answers one of a few pings; the first ones may be lost."""
        command = ("ip", "netns", "exec", self.namespace, "ping", *_TRIES, address)
        return subprocess.run(command, capture_output=True, text=True).returncode == 0
