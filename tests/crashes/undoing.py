"""What requests that the gateway died of may have left to their users: all of it goes."""

from __future__ import annotations

from typing import Any

from tests.support.client import Api, User, until
from tests.support.topology import Site


def done(api: Api, path: str) -> Any:
    """Wait until what was asked for has left its passing state."""

    def rests() -> Any:
        found = api.get(path)
        return found if found["status"].lower() in ("active", "available", "error") else None

    return until(rests, f"{path} is done")


def tear_down(site: Site) -> None:
    """Undo what can be seen of all that was asked for."""
    user, admin = site.user, site.stack.admin
    for api, path, key in (
        (user.compute, "/os-server-groups", "server_groups"),
        (user.volume, "/os-volume-transfer", "transfers"),
        (user.volume, "/backups", "backups"),
        (user.volume, "/snapshots", "snapshots"),
        (user.network, "/address-groups", "address_groups"),
        (user.network, "/subnetpools", "subnetpools"),
    ):
        for row in api.list(path, key):
            if "status" in row:
                done(api, f"{path}/{row['id']}")
            api.delete(f"{path}/{row['id']}")
    for row in user.image.list(f"/images?owner={user.project_id}", "images"):
        user.image.delete(f"/images/{row['id']}")
    until(lambda: not user.volume.list("/snapshots", "snapshots"), "the snapshots are gone")
    site.tear_down()
    for api in (admin.compute, admin.volume):
        api.delete(f"/os-quota-sets/{user.project_id}")


def tear_down_admins(admin: User) -> None:
    """Undo what can be seen of what only an admin may ask for."""
    for row in admin.network.list("/networks?router:external=True&name=ext-net"):
        admin.network.delete(f"/networks/{row['id']}")
    for api, path, key in (
        (admin.compute, "/flavors", "flavors"),
        (admin.volume, "/types", "volume_types"),
    ):
        for row in api.list(path, key):
            if row["name"].startswith("crash-"):
                api.delete(f"{path}/{row['id']}")
