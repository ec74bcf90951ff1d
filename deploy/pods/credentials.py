"""What a person or a program logs in with: clouds.yaml and the variables of ``deploy/lab rc``."""

from pathlib import Path

from deploy.pods.layout import KEYSTONE_URL, PODS, TOP_REGION, State

PROJECT = {"admin": "admin", "demo": "demo", "alt": "alt", "viewer": "demo", "trio2o": "service"}


def clouds() -> dict[str, tuple[str, str]]:
    """Cloud -> user and region; the plain names go through the gateway, ``pod1-…`` around it."""
    straight = {
        f"{pod.key}-{user}": (user, pod.name) for pod in PODS for user in ("admin", "demo")
    }
    return {user: (user, TOP_REGION) for user in PROJECT} | straight


def write_clouds(state: State) -> Path:
    """clouds.yaml lies in the state folder, readable for root only."""
    lines = ["clouds:"]
    for cloud, (user, region) in clouds().items():
        lines += (
            f"  {cloud}:",
            f"    region_name: {region}",
            f"    interface: {'public' if region == TOP_REGION else 'internal'}",
            "    identity_api_version: 3",
            "    auth:",
            f"      auth_url: {KEYSTONE_URL}",
            f"      username: {user}",
            f'      password: "{state.secrets[user]}"',
            f"      project_name: {PROJECT[user]}",
            "      user_domain_id: default",
            "      project_domain_id: default",
        )
    path = state.root / "clouds.yaml"
    path.touch(mode=0o600)
    path.write_text("\n".join((*lines, "")))
    return path


def shell_variables(state: State, region: str, user: str) -> str:
    """Lines for ``eval "$(deploy/lab rc Pod1 demo)"``."""
    values = {
        "OS_AUTH_URL": KEYSTONE_URL,
        "OS_IDENTITY_API_VERSION": "3",
        "OS_REGION_NAME": region,
        "OS_INTERFACE": "public" if region == TOP_REGION else "internal",
        "OS_USERNAME": user,
        "OS_PASSWORD": state.secrets[user],
        "OS_PROJECT_NAME": PROJECT[user],
        "OS_USER_DOMAIN_ID": "default",
        "OS_PROJECT_DOMAIN_ID": "default",
    }
    return "".join(f"export {name}='{value}'\n" for name, value in values.items())
