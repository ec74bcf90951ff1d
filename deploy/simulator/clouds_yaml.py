"""How the users of the simulated cloud sign in."""

from __future__ import annotations

from pathlib import Path

import orjson

from deploy.simulator.cloud import Cloud
from deploy.simulator.http import Json
from deploy.simulator.identity.catalog import TOP_REGION
from deploy.simulator.identity.state import DOMAIN_NAME, User


def clouds(cloud: Cloud) -> Json:
    """Every user at the top region, and as `<region>-<user>` straight at each region."""
    users = cloud.identity.users.values()
    found = {user.name: _entry(cloud, user, TOP_REGION) for user in users}
    for name in cloud.names:
        for user in users:
            found[f"{name.lower()}-{user.name}"] = _entry(cloud, user, name)
    return found


def write(cloud: Cloud, path: Path) -> None:
    """Write `clouds.yaml`; JSON is YAML, so no library is needed."""
    document = orjson.dumps({"clouds": clouds(cloud)}, option=orjson.OPT_INDENT_2)
    path.touch(mode=0o600)
    path.write_bytes(document)


def _entry(cloud: Cloud, user: User, region: str) -> Json:
    return {
        "auth_type": "password",
        "auth": {
            "auth_url": cloud.auth_url,
            "username": user.name,
            "password": user.password,
            "project_name": user.project.name,
            "user_domain_name": DOMAIN_NAME,
            "project_domain_name": DOMAIN_NAME,
        },
        "region_name": region,
        "identity_api_version": "3",
        # A pod may have no public endpoints.
        "interface": "public" if region == TOP_REGION else "internal",
    }
