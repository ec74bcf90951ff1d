"""What the tests need to find in a region, made through that region's own APIs."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from deploy.pods.glance import IMAGE
from deploy.pods.layout import TOP_REGION
from deploy.pods.rest import Rest
from tests.tempest.cloud import Cloud
from tests.tempest.groups import EXCLUDED

# Not the guide's VLAN, nor that of the tests with packets: all can be there at the same time.
VLAN = 3009
CIDR = "198.51.100.0/24"
_SUBNET = {"cidr": CIDR, "ip_version": 4, "enable_dhcp": False}
NAME = "tempest"


@dataclass(frozen=True)
class Things:
    """The ids that a tempest.conf names."""

    flavors: tuple[str, str]
    images: tuple[str, str]
    external_network: str
    network_extensions: tuple[str, ...]


@contextmanager
def prepared(cloud: Cloud, region: str) -> Iterator[Things]:
    """Two flavors, two images and an external network; they are gone afterwards."""
    urls = cloud.endpoints[region]
    compute, network, image = urls["compute"], f"{urls['network']}/v2.0", f"{urls['image']}/v2"
    with ExitStack() as made:

        def passing(url: str) -> str:
            # By a new token: the tests may take longer than one lasts.
            made.callback(lambda: cloud.admin().delete(url))
            return url.rpartition("/")[2]

        rest = cloud.admin()
        flavors = [
            passing(f"{compute}/flavors/{_flavor(rest, compute, number)}") for number in (1, 2)
        ]
        second = passing(f"{image}/images/{_second_image(rest, image)}")
        # As in the guide the way outside is the second pod's: servers in the first need a bridge.
        hints = cloud.pods[1:2] if region == TOP_REGION else ()
        external = passing(f"{network}/networks/{_external_network(rest, network, hints)}")
        rest.post(f"{network}/subnets", {"subnet": {"network_id": external, **_SUBNET}})
        rest.upload(f"{image}/images/{second}/file", bytes(4096))
        yield Things(
            flavors=(flavors[0], flavors[1]),
            images=(_first_image(rest, image), second),
            external_network=external,
            network_extensions=_network_extensions(rest, cloud),
        )


def _flavor(rest: Rest, compute: str, number: int) -> str:
    flavor = {"name": f"{NAME}-{number}", "vcpus": number, "ram": 64 * number, "disk": 1}
    return _id(rest.post(f"{compute}/flavors", {"flavor": flavor}), "flavor")


def _first_image(rest: Rest, image: str) -> str:
    return str(rest.get(f"{image}/images?name={IMAGE}")["images"][0]["id"])


def _second_image(rest: Rest, image: str) -> str:
    wanted = {
        "name": NAME,
        "visibility": "public",
        "disk_format": "raw",
        "container_format": "bare",
    }
    return str(rest.post(f"{image}/images", wanted)["id"])


def _external_network(rest: Rest, network: str, hints: tuple[str, ...]) -> str:
    wanted: dict[str, Any] = {
        "name": NAME,
        "router:external": True,
        "provider:network_type": "vlan",
        "provider:physical_network": "extern",
        "provider:segmentation_id": VLAN,
    }
    if hints:
        wanted["availability_zone_hints"] = hints
    return _id(rest.post(f"{network}/networks", {"network": wanted}), "network")


def _network_extensions(rest: Rest, cloud: Cloud) -> tuple[str, ...]:
    # The pod's on both sides: what the gateway does not advertise must not pass as a skip. Only
    # what is excluded may: there are more tests of it than those whose names tell.
    excluded = re.compile("|".join(EXCLUDED.values()))
    neutron = cloud.endpoints[cloud.pods[0]]["network"]
    listed = rest.get(f"{neutron}/v2.0/extensions")["extensions"]
    aliases = [row["alias"] for row in listed if not excluded.search(row["alias"])]
    # Neutron serves these two and does not list them.
    return (*aliases, "tag", "ip-substring-filtering")


def _id(answer: Any, key: str) -> str:
    if answer is None:
        raise RuntimeError(f"an earlier run left its {key} named {NAME}: remove it first")
    return str(answer[key]["id"])
