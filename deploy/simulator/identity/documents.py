"""What Keystone's answers look like."""

from __future__ import annotations

from datetime import datetime

from deploy.simulator.http import Json
from deploy.simulator.identity.catalog import Catalog
from deploy.simulator.identity.state import (
    DOMAIN_ID,
    DOMAIN_NAME,
    DOMAIN_SCOPE,
    SYSTEM_SCOPE,
    ApplicationCredential,
    Identity,
    Project,
    Token,
    User,
)

DOMAIN = {"id": DOMAIN_ID, "name": DOMAIN_NAME}
_MEDIA = {
    "base": "application/json",
    "type": "application/vnd.openstack.identity-v3+json",
}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def version(origin: str) -> Json:
    """The one version there is."""
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": f"{origin}/v3/"}],
        "media-types": [_MEDIA],
    }


def token(value: Token, identity: Identity, catalog: Catalog | None) -> Json:
    """A token's description; without a catalog when the caller wants none."""
    body: Json = {
        "methods": ["password"],
        "user": {
            "domain": DOMAIN,
            "id": value.user.id,
            "name": value.user.name,
            "password_expires_at": None,
        },
        "audit_ids": [value.audit_id],
        "expires_at": _time(value.expires_at),
        "issued_at": _time(value.issued_at),
        "roles": [{"id": identity.role_ids[name], "name": name} for name in value.roles],
    }
    if value.scope == DOMAIN_SCOPE:
        body["domain"] = DOMAIN
    elif value.scope == SYSTEM_SCOPE:
        body["system"] = {"all": True}
    else:
        body["project"] = {"domain": DOMAIN, "id": value.project.id, "name": value.project.name}
        body["is_domain"] = False
    if value.credential is not None:
        body["methods"] = ["application_credential"]
        body["application_credential"] = {
            "id": value.credential.id,
            "name": value.credential.name,
            "restricted": not value.credential.unrestricted,
        }
        if value.credential.access_rules:
            body["application_credential"]["access_rules"] = value.credential.access_rules
    if catalog is not None:
        body["catalog"] = catalog.for_token(value.project.name)
    return {"token": body}


def project(value: Project, origin: str) -> Json:
    """A project."""
    return {
        "id": value.id,
        "name": value.name,
        "domain_id": DOMAIN_ID,
        "description": "",
        "enabled": True,
        "parent_id": DOMAIN_ID,
        "is_domain": False,
        "tags": [],
        "options": {},
        "links": {"self": f"{origin}/v3/projects/{value.id}"},
    }


def user(value: User, origin: str) -> Json:
    """A user, without anything secret."""
    return {
        "id": value.id,
        "name": value.name,
        "domain_id": DOMAIN_ID,
        "enabled": True,
        "password_expires_at": None,
        "options": {},
        "links": {"self": f"{origin}/v3/users/{value.id}"},
    }


def region(name: str, origin: str) -> Json:
    """A region."""
    return {
        "id": name,
        "description": "",
        "parent_region_id": None,
        "links": {"self": f"{origin}/v3/regions/{name}"},
    }


def service(kind: str, name: str, service_id: str, origin: str) -> Json:
    """A service."""
    return {
        "id": service_id,
        "type": kind,
        "name": name,
        "enabled": True,
        "links": {"self": f"{origin}/v3/services/{service_id}"},
    }


def application_credential(value: ApplicationCredential, identity: Identity, origin: str) -> Json:
    """An application credential, without its secret."""
    return {
        "id": value.id,
        "name": value.name,
        "description": None,
        "project_id": value.project.id,
        "expires_at": None,
        "unrestricted": value.unrestricted,
        "access_rules": value.access_rules or [],
        "roles": [
            {"id": identity.role_ids[name], "name": name, "domain_id": None}
            for name in value.roles
        ],
        "links": {"self": f"{origin}/v3/users/{value.user.id}/application_credentials/{value.id}"},
    }
