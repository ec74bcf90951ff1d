"""The regions that the tests are played against: the lab's, or simulated ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from deploy.pods.layout import PODS, TOP_REGION
from deploy.pods.rest import Rest


@dataclass(frozen=True)
class Cloud:
    """Keystone, its administrator, and every region's endpoints as the catalog has them."""

    keystone: str
    password: str
    endpoints: Mapping[str, dict[str, str]]

    @classmethod
    def of(cls, clouds_yaml: Path) -> "Cloud":
        """The cloud that this clouds.yaml was written for."""
        auth = yaml.safe_load(clouds_yaml.read_text())["clouds"]["admin"]["auth"]
        keystone, password = auth["auth_url"], auth["password"]
        return cls(keystone, password, Rest("admin", password, "admin", keystone).endpoints())

    def admin(self) -> Rest:
        """The administrator with a new token; an old one may have expired during the tests."""
        return Rest("admin", self.password, "admin", self.keystone)

    @property
    def pods(self) -> tuple[str, ...]:
        """The regions behind the gateway; the first is the one for the control."""
        return tuple(pod.name for pod in PODS)

    @property
    def gateway(self) -> str:
        """What all addresses of the gateway begin with."""
        return self.endpoints[TOP_REGION]["compute"].partition("/compute/")[0]
