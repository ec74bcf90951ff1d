"""Who and what Keystone knows: users, projects, regions and the endpoints of every service."""

from itertools import product
from typing import Any

from deploy.pods.layout import (
    GATEWAY_URL,
    GLANCE_URL,
    KEYSTONE_URL,
    PODS,
    TOP_REGION,
    State,
)
from deploy.pods.rest import Rest

SERVICE_USERS = ("nova", "neutron", "glance", "cinder", "placement")
PROJECTS = ("service", "demo", "alt")

# user, the name of its password, its project, its roles there
ASSIGNMENTS = (
    *((user, "service", "service", ("admin", "service")) for user in SERVICE_USERS),
    ("trio2o", "trio2o", "service", ("admin", "service")),
    ("demo", "demo", "demo", ("member", "reader")),
    ("viewer", "viewer", "demo", ("reader",)),
    ("alt", "alt", "alt", ("member",)),
)

SERVICES = {
    "image": "glance",
    "compute": "nova",
    "network": "neutron",
    "block-storage": "cinder",
    "volumev3": "cinderv3",
    "placement": "placement",
}


def endpoints() -> dict[str, dict[str, str]]:
    """Region -> service type -> URL. The top region's services are the gateway's."""
    regions = {
        TOP_REGION: {
            "image": f"{GATEWAY_URL}/image",
            "compute": f"{GATEWAY_URL}/compute/v2.1",
            "network": f"{GATEWAY_URL}/network",
            "block-storage": f"{GATEWAY_URL}/volume/v3",
            "volumev3": f"{GATEWAY_URL}/volume/v3",
        }
    }
    for pod in PODS:
        regions[pod.name] = {
            "identity": KEYSTONE_URL,
            "image": GLANCE_URL,
            "compute": pod.nova_url,
            "network": pod.neutron_url,
            "block-storage": pod.cinder_url,
            "volumev3": pod.cinder_url,
            "placement": pod.placement_url,
        }
    return regions


def create(state: State) -> None:
    """Everything above exists in Keystone; what is there already stays."""
    rest = Rest.admin(state)
    _create_users(state, rest)
    _create_endpoints(rest)


def _ids(rest: Rest, collection: str) -> dict[str, str]:
    rows: list[dict[str, Any]] = rest.get(f"{KEYSTONE_URL}/{collection}")[collection]
    return {row["name"]: row["id"] for row in rows}


def _create_users(state: State, rest: Rest) -> None:
    for name in PROJECTS:
        body = {"project": {"name": name, "domain_id": "default"}}
        rest.post(f"{KEYSTONE_URL}/projects", body)
    for name, secret, _, _ in ASSIGNMENTS:
        user = {"name": name, "password": state.secrets[secret], "domain_id": "default"}
        rest.post(f"{KEYSTONE_URL}/users", {"user": user})
    users, projects, roles = (_ids(rest, kind) for kind in ("users", "projects", "roles"))
    for name, _, project, granted in ASSIGNMENTS:
        for role in granted:
            target = f"projects/{projects[project]}/users/{users[name]}/roles/{roles[role]}"
            rest.put(f"{KEYSTONE_URL}/{target}")


def _create_endpoints(rest: Rest) -> None:
    for pod in PODS:
        rest.post(f"{KEYSTONE_URL}/regions", {"region": {"id": pod.name}})
    known = rest.get(f"{KEYSTONE_URL}/services")["services"]
    services = {row["type"]: row["id"] for row in known}
    for kind, name in SERVICES.items():
        if kind not in services:
            body = {"service": {"type": kind, "name": name}}
            services[kind] = rest.post(f"{KEYSTONE_URL}/services", body)["service"]["id"]
    rows = rest.get(f"{KEYSTONE_URL}/endpoints")["endpoints"]
    there = {(row["region_id"], row["service_id"], row["interface"]) for row in rows}
    for region_id, urls in endpoints().items():
        for (kind, url), interface in product(urls.items(), ("public", "internal", "admin")):
            if (region_id, services[kind], interface) not in there:
                _create_endpoint(rest, region_id, services[kind], interface, url)


def show_pods(rest: Rest, *, hidden: bool) -> None:
    """The pods have public endpoints, unless they are hidden; the others they always have."""
    services = {row["id"]: row["type"] for row in rest.get(f"{KEYSTONE_URL}/services")["services"]}
    rows = rest.get(f"{KEYSTONE_URL}/endpoints?interface=public")["endpoints"]
    there = {(row["region_id"], services[row["service_id"]]): row["id"] for row in rows}
    ids = {kind: id_ for id_, kind in services.items()}
    urls = endpoints()
    for pod in PODS:
        for kind, url in urls[pod.name].items():
            shown = there.get((pod.name, kind))
            if hidden and shown:
                rest.delete(f"{KEYSTONE_URL}/endpoints/{shown}")
            elif not hidden and not shown:
                _create_endpoint(rest, pod.name, ids[kind], "public", url)


def _create_endpoint(
    rest: Rest, region_id: str, service_id: str, interface: str, url: str
) -> None:
    endpoint = {
        "region_id": region_id,
        "service_id": service_id,
        "interface": interface,
        "url": url,
    }
    rest.post(f"{KEYSTONE_URL}/endpoints", {"endpoint": endpoint})
