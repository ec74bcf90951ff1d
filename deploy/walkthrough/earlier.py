"""Removing what an earlier walk left, through the gateway, so that the guide starts afresh."""

from collections.abc import Iterable
from typing import Any

from deploy.pods.console import say
from deploy.walkthrough import names
from deploy.walkthrough.clients import User, until
from deploy.walkthrough.report import StepFailed


def remove(admin: User, user: User, gateway: str) -> int:
    """Nothing is left of what the guide makes; the number of objects that were there."""
    count = _floating_ips(user)
    count += _servers_and_volumes(user)
    count += _routers(user)
    count += _networks(user, admin)
    count += _delete(admin, "compute", "/flavors", "flavors", {names.FLAVOR})
    if count:
        until("all jobs have ended", lambda: _all_jobs_ended(admin, gateway))
    return count


def _all_jobs_ended(admin: User, gateway: str) -> bool:
    jobs = admin.sdk.session.get(f"{gateway}/v1.0/jobs").json()["jobs"]
    return all(job["state"] not in ("accepted", "running") for job in jobs)


def _rows(user: User, service: str, path: str, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = user.get(service, path)[key]
    return rows


def _delete_each(user: User, service: str, paths: Iterable[str]) -> int:
    count = 0
    for path in paths:
        say(f"   DELETE {path}")
        answer = getattr(user.sdk, service).delete(path)
        if answer.status_code not in (202, 204, 404):
            raise StepFailed(f"DELETE {answer.url} answered {answer.status_code}: {answer.text}")
        count += 1
    return count


def _delete(user: User, service: str, path: str, key: str, wanted: set[str]) -> int:
    rows = [row for row in _rows(user, service, path, key) if row["name"] in wanted]
    return _delete_each(user, service, [f"{path}/{row['id']}" for row in rows])


def _gone(user: User, service: str, path: str, key: str, wanted: set[str]) -> None:
    until(
        f"{', '.join(sorted(wanted))} gone",
        lambda: not [row for row in _rows(user, service, path, key) if row["name"] in wanted],
    )


def _floating_ips(user: User) -> int:
    networks = _rows(user, "network", "/networks", "networks")
    external = {row["id"] for row in networks if row["name"] == names.EXTERNAL}
    rows = _rows(user, "network", "/floatingips", "floatingips")
    ours = [row for row in rows if row["floating_network_id"] in external]
    return _delete_each(user, "network", [f"/floatingips/{row['id']}" for row in ours])


def _servers_and_volumes(user: User) -> int:
    servers, volumes = set(names.SERVERS), set(names.VOLUMES)
    count = _delete(user, "compute", "/servers", "servers", servers)
    count += _delete(user, "block_storage", "/volumes", "volumes", volumes)
    if count:
        _gone(user, "compute", "/servers", "servers", servers)
        _gone(user, "block_storage", "/volumes", "volumes", volumes)
    return count


def _routers(user: User) -> int:
    rows = _rows(user, "network", "/routers", "routers")
    ours = [row["id"] for row in rows if row["name"] == names.ROUTER]
    for router in ours:
        # Clearing the gateway and removing interfaces may come in any order.
        user.sdk.network.put(f"/routers/{router}", json={"router": {"external_gateway_info": {}}})
        path = f"/ports?device_id={router}&device_owner=network:router_interface"
        for port in _rows(user, "network", path, "ports"):
            say(f"   remove_router_interface {port['id']}")
            body = {"port_id": port["id"]}
            user.sdk.network.put(f"/routers/{router}/remove_router_interface", json=body)
    return _delete_each(user, "network", [f"/routers/{router}" for router in ours])


def _networks(user: User, admin: User) -> int:
    tenants = set(names.NETWORKS)
    count = _delete(user, "network", "/networks", "networks", tenants)
    return count + _delete(admin, "network", "/networks", "networks", {names.EXTERNAL})
