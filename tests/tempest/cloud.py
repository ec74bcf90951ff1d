"""The regions that the tests are played against: the lab's, or simulated ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.pods.lab import Lab
from deploy.pods.layout import PODS, TOP_REGION, State
from deploy.pods.rest import Rest
from deploy.stack import Stack


@dataclass(frozen=True)
class Cloud:
    """Keystone, its administrator, and every region's endpoints as the catalog has them."""

    keystone: str
    password: str
    endpoints: Mapping[str, dict[str, str]]
    clouds: Mapping[str, Any]

    @classmethod
    def bring_up(cls, state: State, *, simulated: bool) -> "Cloud":
        """The regions with this checkout's gateway in front of them, which knows them."""
        if not simulated:
            Lab(state).up()
        stack = Stack(state, simulated=simulated)
        # What runs may be of an older checkout.
        stack.down()
        stack.up()
        cloud = cls.of(stack.clouds)
        rest = cloud.admin()
        url = f"{cloud.gateway}/v1.0/pods"
        known = {pod["pod_name"] for pod in rest.get(url)["pods"]}
        wanted: list[dict[str, str]] = [{"pod_name": TOP_REGION}]
        wanted += [{"pod_name": pod.name, "az_name": f"az{pod.number}"} for pod in PODS]
        for pod in wanted:
            if pod["pod_name"] not in known:
                rest.post(url, {"pod": pod})
        return cloud

    @classmethod
    def of(cls, clouds_yaml: Path) -> "Cloud":
        """The cloud that this clouds.yaml was written for."""
        clouds = yaml.safe_load(clouds_yaml.read_text())["clouds"]
        auth = clouds["admin"]["auth"]
        keystone, password = auth["auth_url"], auth["password"]
        return cls(
            keystone, password, Rest("admin", password, "admin", keystone).endpoints(), clouds
        )

    def admin(self) -> Rest:
        """The administrator with a new token; an old one may have expired during the tests."""
        return Rest("admin", self.password, "admin", self.keystone)

    def login(self, user: str, region: str) -> dict[str, str]:
        """The variables of an openrc file, for one of the cloud's users in a region."""
        auth = self.clouds[user]["auth"]
        return {
            "OS_AUTH_URL": auth["auth_url"],
            "OS_USERNAME": auth["username"],
            "OS_PASSWORD": auth["password"],
            "OS_PROJECT_NAME": auth["project_name"],
            "OS_DOMAIN_ID": "default",
            "OS_REGION_NAME": region,
            "OS_IDENTITY_API_VERSION": "3",
        }

    @property
    def pods(self) -> tuple[str, ...]:
        """The regions behind the gateway; the first is the one for the control."""
        return tuple(pod.name for pod in PODS)

    @property
    def gateway(self) -> str:
        """What all addresses of the gateway begin with."""
        return self.endpoints[TOP_REGION]["compute"].partition("/compute/")[0]
