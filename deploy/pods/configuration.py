"""Configuration files of the OpenStack services, and the sections that all of them share."""

from collections.abc import Mapping
from pathlib import Path

from deploy.pods.layout import KEYSTONE_URL, MEMCACHED_PORT, State

Section = Mapping[str, object]


def write_ini(path: Path, sections: Mapping[str, Section]) -> Path:
    """Write an oslo.config file readable for root only (it holds passwords)."""
    lines = []
    for name, options in sections.items():
        lines.append(f"[{name}]")
        lines.extend(f"{option} = {value}" for option, value in options.items())
        lines.append("")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(lines))
    return path


def service_login(state: State, user: str, region: str) -> dict[str, object]:
    """How a service user logs in; the password is the lab's own."""
    return {
        "auth_type": "password",
        "auth_url": KEYSTONE_URL,
        "username": user,
        "password": state.secrets["service"],
        "project_name": "service",
        "user_domain_name": "Default",
        "project_domain_name": "Default",
        "region_name": region,
    }


def token_check(state: State, user: str, region: str) -> dict[str, object]:
    """keystonemiddleware's section. A token with a service role may outlive the user's."""
    return service_login(state, user, region) | {
        "www_authenticate_uri": KEYSTONE_URL,
        "memcached_servers": f"127.0.0.1:{MEMCACHED_PORT}",
        "service_token_roles": "service",
        "service_token_roles_required": "true",
    }


def service_user(state: State, user: str, region: str) -> dict[str, object]:
    """Nova and Cinder refuse attachments without a service token beside the user's."""
    return service_login(state, user, region) | {"send_service_user_token": "true"}


def database(state: State, name: str) -> dict[str, object]:
    """One connection pool small enough for fourteen databases on one server."""
    return {
        "connection": state.database_url(name),
        "max_pool_size": 5,
        "max_overflow": 20,
    }


def locks(state: State, name: str) -> dict[str, object]:
    """External locks below the state folder."""
    return {"lock_path": state.folder("locks", name)}
