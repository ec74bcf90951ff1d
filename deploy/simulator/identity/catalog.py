"""The service catalog: which service of which region answers where."""

from __future__ import annotations

from dataclasses import dataclass, field

from deploy.simulator.http import Json
from deploy.simulator.ids import new_hex_id

SERVICE_NAMES = {
    "identity": "keystone",
    "compute": "nova",
    "network": "neutron",
    "block-storage": "cinder",
    "volumev3": "cinderv3",
    "image": "glance",
}
INTERFACES = ("public", "internal", "admin")
TOP_REGION = "RegionOne"
# How the pods can be hidden from users: no public endpoints, or endpoint groups of projects.
WAYS_TO_HIDE = ("interface", "groups")
# The project whose group has everything.
_SERVICE = "service"


@dataclass(slots=True)
class Catalog:
    """Endpoints by region and service type; every interface has the same address.

    ``hidden`` is the way in which users see none but the top region.
    """

    hidden: str = ""
    urls: dict[str, dict[str, str]] = field(default_factory=dict)
    # Regions and types of services that have no endpoint for now.
    withdrawn: set[tuple[str, str]] = field(default_factory=set)
    service_ids: dict[str, str] = field(
        default_factory=lambda: {kind: new_hex_id() for kind in SERVICE_NAMES}
    )
    endpoint_ids: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _rendered: dict[bool, list[Json]] = field(default_factory=dict)

    def add(self, region: str, urls: dict[str, str]) -> None:
        """Register the services of a region."""
        self.urls[region] = urls
        for kind in urls:
            for interface in INTERFACES:
                self.endpoint_ids[region, kind, interface] = new_hex_id()
        self._rendered.clear()

    def withdraw(self, region: str, kinds: set[str]) -> None:
        """Have no endpoints of these types for a region, and those of all others."""
        self.withdrawn = {(of, kind) for of, kind in self.withdrawn if of != region}
        self.withdrawn |= {(region, kind) for kind in kinds}
        self._rendered.clear()

    def endpoints(self) -> list[Json]:
        """Every endpoint, as `GET /v3/endpoints` lists them."""
        return [
            {
                "id": self.endpoint_ids[region, kind, interface],
                "interface": interface,
                "region_id": region,
                "region": region,
                "service_id": self.service_ids[kind],
                "url": url,
                "enabled": True,
            }
            for region, urls in self.urls.items()
            for kind, url in urls.items()
            for interface in INTERFACES
            if (region, kind) not in self.withdrawn
            if region == TOP_REGION or interface != "public" or self.hidden != "interface"
        ]

    def for_token(self, project: str) -> list[Json]:
        """The catalog as a token of the project carries it."""
        top_only = self.hidden == "groups" and project != _SERVICE
        if top_only not in self._rendered:
            rows: dict[str, list[Json]] = {}
            wanted = ("id", "interface", "region_id", "region", "url")
            kinds = {service_id: kind for kind, service_id in self.service_ids.items()}
            for endpoint in self.endpoints():
                if top_only and endpoint["region_id"] != TOP_REGION:
                    continue
                row = {key: endpoint[key] for key in wanted}
                rows.setdefault(kinds[endpoint["service_id"]], []).append(row)
            self._rendered[top_only] = [
                {
                    "id": self.service_ids[kind],
                    "type": kind,
                    "name": SERVICE_NAMES[kind],
                    "endpoints": endpoints,
                }
                for kind, endpoints in rows.items()
            ]
        return self._rendered[top_only]


def gateway_urls(gateway: str, auth_url: str) -> dict[str, str]:
    """What RegionOne points at: the gateway, and Keystone itself."""
    return {
        "identity": auth_url,
        "compute": f"{gateway}/compute/v2.1",
        "network": f"{gateway}/network",
        "block-storage": f"{gateway}/volume/v3",
        "volumev3": f"{gateway}/volume/v3",
        "image": f"{gateway}/image",
    }


def region_urls(origin: str, auth_url: str, image_url: str) -> dict[str, str]:
    """What a simulated region points at: its own port, and the shared Keystone and Glance."""
    return {
        "identity": auth_url,
        "compute": f"{origin}/compute/v2.1",
        "network": f"{origin}/network",
        "block-storage": f"{origin}/volume/v3",
        "volumev3": f"{origin}/volume/v3",
        "image": image_url,
    }
