"""What an administrator changes in Keystone: projects, users, and their roles."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from deploy.simulator.http import Json, Request, Response, empty, reply
from deploy.simulator.identity import documents
from deploy.simulator.identity.errors import IdentityError, missing, unauthorized
from deploy.simulator.identity.state import (
    DOMAIN_ID,
    DOMAIN_SCOPE,
    SYSTEM_SCOPE,
    ApplicationCredential,
    Identity,
    Project,
    User,
)
from deploy.simulator.ids import new_hex_id
from deploy.simulator.routes import Routes

GRANT = "/v3/projects/{project}/users/{user}/roles"


class Writing:
    """Handlers for an administrator; others get 403."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def register(self, routes: Routes[Callable[[Request], Response]]) -> None:
        """Add the routes."""
        routes.add("POST", "/v3/projects", self._create_project)
        routes.add("DELETE", "/v3/projects/{id}", self._delete_project)
        routes.add("POST", "/v3/users", self._create_user)
        routes.add("DELETE", "/v3/users/{id}", self._delete_user)
        routes.add("GET", GRANT, self._granted)
        routes.add("PUT", f"{GRANT}/{{role}}", self._grant)
        routes.add("DELETE", f"{GRANT}/{{role}}", self._revoke)
        routes.add("PUT", "/v3/domains/{domain}/users/{user}/roles/{role}", self._grant_domain)
        routes.add("PUT", "/v3/system/users/{user}/roles/{role}", self._grant_system)
        routes.add("POST", "/v3/users/{user}/application_credentials", self._create_credential)

    def _create_project(self, request: Request) -> Response:
        self._allow(request, "create_project")
        name = str(request.envelope("project").get("name"))
        if self._identity.project_named(name):
            raise _conflict("project", name)
        project = Project(name)
        self._identity.projects[project.id] = project
        return reply({"project": documents.project(project, request.origin)}, 201)

    def _delete_project(self, request: Request) -> Response:
        self._allow(request, "delete_project")
        project = self._project(request.params["id"])
        del self._identity.projects[project.id]
        for user in self._identity.users.values():
            user.roles.pop(project.id, None)
        self._end_tokens(lambda user, of: of is project)
        return empty()

    def _create_user(self, request: Request) -> Response:
        self._allow(request, "create_user")
        body = request.envelope("user")
        name = str(body.get("name"))
        if self._identity.user_named(name):
            raise _conflict("user", name)
        # Without a project of its own a login has to name one.
        home = self._identity.projects.get(str(body.get("default_project_id"))) or Project("")
        user = User(name, str(body.get("password")), home, {})
        self._identity.users[user.id] = user
        return reply({"user": documents.user(user, request.origin)}, 201)

    def _delete_user(self, request: Request) -> Response:
        self._allow(request, "delete_user")
        gone = self._user(request.params["id"])
        del self._identity.users[gone.id]
        self._end_tokens(lambda user, of: user is gone)
        return empty()

    def _granted(self, request: Request) -> Response:
        self._allow(request, "list_grants")
        user, project = self._of_grant(request)
        rows: list[Json] = [
            {"id": self._identity.role_ids[name], "name": name, "domain_id": None, "links": {}}
            for name in user.roles.get(project.id, ())
        ]
        return reply({"roles": rows, "links": {}})

    def _grant(self, request: Request) -> Response:
        self._allow(request, "create_grant")
        user, project = self._of_grant(request)
        role, had = self._role(request), user.roles.get(project.id, ())
        user.roles[project.id] = had if role in had else (*had, role)
        return empty()

    def _revoke(self, request: Request) -> Response:
        self._allow(request, "revoke_grant")
        user, project = self._of_grant(request)
        role, had = self._role(request), user.roles.get(project.id, ())
        if role not in had:
            raise missing("role assignment", role)
        user.roles[project.id] = tuple(name for name in had if name != role)
        if not user.roles[project.id]:
            del user.roles[project.id]
        return empty()

    def _grant_domain(self, request: Request) -> Response:
        if request.params["domain"] != DOMAIN_ID:
            raise missing("domain", request.params["domain"])
        return self._grant_wider(request, DOMAIN_SCOPE)

    def _grant_system(self, request: Request) -> Response:
        return self._grant_wider(request, SYSTEM_SCOPE)

    def _grant_wider(self, request: Request, scope: str) -> Response:
        self._allow(request, "create_grant")
        user, role = self._user(request.params["user"]), self._role(request)
        had = user.wider.get(scope, ())
        user.wider[scope] = had if role in had else (*had, role)
        return empty()

    def _create_credential(self, request: Request) -> Response:
        """One of the caller's own, with its roles in the token's project or some of them."""
        token = self._identity.valid(request.headers.get("x-auth-token", ""))
        if token is None:
            raise unauthorized()
        restricted = token.credential is not None and not token.credential.unrestricted
        if token.user.id != request.params["user"] or token.scope or restricted:
            text = "You are not authorized to perform the requested action."
            raise IdentityError(403, "Forbidden", text)
        body = request.envelope("application_credential")
        wanted = [str(role.get("name")) for role in body.get("roles") or ()]
        rules = [{"id": new_hex_id(), **rule} for rule in body.get("access_rules") or ()]
        made = ApplicationCredential(
            str(body.get("name")),
            token.user,
            token.project,
            tuple(name for name in token.roles if not wanted or name in wanted),
            str(body.get("secret") or secrets.token_urlsafe(12)),
            body.get("unrestricted") is True,
            rules or None,
        )
        self._identity.credentials[made.id] = made
        shown = documents.application_credential(made, self._identity, request.origin)
        return reply({"application_credential": {**shown, "secret": made.secret}}, 201)

    def _allow(self, request: Request, rule: str) -> None:
        token = self._identity.valid(request.headers.get("x-auth-token", ""))
        if token is None:
            raise unauthorized()
        if not token.is_admin:
            text = f"You are not authorized to perform the requested action: identity:{rule}."
            raise IdentityError(403, "Forbidden", text)

    def _project(self, id_: str) -> Project:
        if id_ not in self._identity.projects:
            raise missing("project", id_)
        return self._identity.projects[id_]

    def _user(self, id_: str) -> User:
        if id_ not in self._identity.users:
            raise missing("user", id_)
        return self._identity.users[id_]

    def _of_grant(self, request: Request) -> tuple[User, Project]:
        return self._user(request.params["user"]), self._project(request.params["project"])

    def _role(self, request: Request) -> str:
        wanted = request.params["role"]
        for name, id_ in self._identity.role_ids.items():
            if id_ == wanted:
                return name
        raise missing("role", wanted)

    def _end_tokens(self, ended: Callable[[User, Project], bool]) -> None:
        tokens = self._identity.tokens
        for token in [row for row in tokens.values() if ended(row.user, row.project)]:
            del tokens[token.id]


def _conflict(kind: str, name: str) -> IdentityError:
    text = (
        f"Conflict occurred attempting to store {kind} - Duplicate entry found with name {name}"
        " at domain ID default."
    )
    return IdentityError(409, "Conflict", text)
