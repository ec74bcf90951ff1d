"""Who exists: projects, users with their roles, and the tokens handed out."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from deploy.simulator.ids import new_hex_id, now

DOMAIN_ID = "default"
DOMAIN_NAME = "Default"
ROLE_NAMES = ("admin", "member", "reader", "service", "manager")
# How long a service may go on with a token that has expired.
EXPIRED_WINDOW = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Project:
    """A tenant."""

    name: str
    id: str = field(default_factory=new_hex_id)


# Where a token is scoped to that is scoped to no project.
NO_PROJECT = Project("", "")
DOMAIN_SCOPE, SYSTEM_SCOPE = "domain", "system"


@dataclass(slots=True)
class ApplicationCredential:
    """What a user lets a program do in its name, in one project."""

    name: str
    user: User
    project: Project
    roles: tuple[str, ...]
    secret: str
    unrestricted: bool
    access_rules: list[dict[str, Any]] | None
    id: str = field(default_factory=new_hex_id)


@dataclass(slots=True)
class User:
    """Somebody with a password and roles in some projects, in the domain or in the system."""

    name: str
    password: str
    project: Project
    roles: dict[str, tuple[str, ...]]
    id: str = field(default_factory=new_hex_id)
    wider: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Token:
    """A token: of a project, or of what ``scope`` says."""

    id: str
    user: User
    project: Project
    roles: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    audit_id: str
    scope: str = ""
    credential: ApplicationCredential | None = None

    @property
    def is_admin(self) -> bool:
        """Whether the holder may do everything in every project."""
        return "admin" in self.roles

    @property
    def may_write(self) -> bool:
        """Whether the holder may change things in its own project."""
        return self.is_admin or "member" in self.roles


class Identity:
    """Keystone's memory."""

    def __init__(self, token_lifetime: timedelta = timedelta(hours=12)) -> None:
        self.token_lifetime = token_lifetime
        self.projects: dict[str, Project] = {}
        self.users: dict[str, User] = {}
        self.tokens: dict[str, Token] = {}
        self.credentials: dict[str, ApplicationCredential] = {}
        self.role_ids = {name: new_hex_id() for name in ROLE_NAMES}
        self.add_user("admin", "admin", ("admin", "manager", "member", "reader"))
        self.add_user("demo", "demo", ("member", "reader"))
        self.add_user("alt", "alt", ("member", "reader"))
        self.add_user("viewer", "demo", ("reader",))
        self.add_user("trio2o", "service", ("admin", "service", "manager", "member", "reader"))

    def add_user(self, name: str, project_name: str, roles: tuple[str, ...]) -> User:
        """Make a user, and the project when there is none of that name yet."""
        project = self.project_named(project_name)
        if project is None:
            project = Project(project_name)
            self.projects[project.id] = project
        user = User(name, secrets.token_urlsafe(12), project, {project.id: roles})
        self.users[user.id] = user
        return user

    def project_named(self, name: str) -> Project | None:
        """The project of that name, if there is one."""
        return next((p for p in self.projects.values() if p.name == name), None)

    def user_named(self, name: str) -> User | None:
        """The user of that name, if there is one."""
        return next((u for u in self.users.values() if u.name == name), None)

    def issue(
        self,
        user: User,
        project: Project = NO_PROJECT,
        *,
        scope: str = "",
        credential: ApplicationCredential | None = None,
    ) -> Token:
        """Hand out a new token for where the user has a role."""
        if credential is not None:
            roles = credential.roles
        else:
            roles = user.wider[scope] if scope else user.roles[project.id]
        moment = now()
        token = Token(
            id="gAAAAA" + secrets.token_urlsafe(60),
            user=user,
            project=project,
            roles=roles,
            issued_at=moment,
            expires_at=moment + self.token_lifetime,
            audit_id=base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("="),
            scope=scope,
            credential=credential,
        )
        self.tokens[token.id] = token
        return token

    def valid(self, token_id: str, window: timedelta = timedelta()) -> Token | None:
        """The token, unless it is unknown, revoked or expired before the window."""
        token = self.tokens.get(token_id)
        if token is None or token.expires_at + window <= now():
            return None
        return token

    def presented(self, token_id: str, service_token_id: str) -> Token | None:
        """The token as a service takes it, from another service perhaps."""
        if not service_token_id:
            return self.valid(token_id)
        service = self.valid(service_token_id)
        if service is None:
            return None
        served = "service" in service.roles
        return self.valid(token_id, EXPIRED_WINDOW if served else timedelta())

    def expire(self, user_name: str | None = None, token_id: str | None = None) -> int:
        """End tokens before their time (all, one user's or one token); how many there were."""
        chosen = [
            token
            for token in self.tokens.values()
            if token_id in (None, token.id) and user_name in (None, token.user.name)
        ]
        for token in chosen:
            token.expires_at = now()
        return len(chosen)
