"""Keystone over HTTP: discovery, tokens, and what an administrator looks up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from deploy.simulator import dialects
from deploy.simulator.http import BadBody, Json, Request, Response, empty, reply
from deploy.simulator.identity import documents
from deploy.simulator.identity.catalog import SERVICE_NAMES, Catalog
from deploy.simulator.identity.errors import IdentityError, missing, unauthorized
from deploy.simulator.identity.state import (
    DOMAIN_ID,
    DOMAIN_NAME,
    DOMAIN_SCOPE,
    EXPIRED_WINDOW,
    SYSTEM_SCOPE,
    Identity,
    Project,
    Token,
    User,
)
from deploy.simulator.identity.writing import Writing
from deploy.simulator.routes import NoRoute, Routes, WrongMethod


class IdentityApi:
    """Answers on Keystone's port."""

    def __init__(self, identity: Identity, catalog: Catalog) -> None:
        self.identity, self.catalog = identity, catalog
        self.routes: Routes[Callable[[Request], Response]] = Routes()
        add = self.routes.add
        add("GET", "/", self.versions)
        add("GET", "/v3", self.version)
        add("POST", "/v3/auth/tokens", self.issue)
        add("GET", "/v3/auth/tokens", self.validate)
        add("HEAD", "/v3/auth/tokens", self.validate)
        add("DELETE", "/v3/auth/tokens", self.revoke)
        add("GET", "/v3/auth/catalog", self.own_catalog)
        add("GET", "/v3/auth/projects", self.own_projects)
        for kind in self._collections:
            add("GET", f"/v3/{kind}", self.index)
            add("GET", f"/v3/{kind}/{{id}}", self.show)
        Writing(identity).register(self.routes)

    _collections = ("regions", "projects", "users", "services", "endpoints", "domains", "roles")

    def handle(self, request: Request) -> Response:
        """The answer to one request."""
        try:
            handler, request.params = self.routes.find(request.method, request.path)
            response = handler(request)
        except IdentityError as error:
            response = dialects.identity(error.status, error.message, error.title)
            if error.status == 401:
                challenge = f'Keystone uri="{request.origin}/v3"'
                response.headers.append((b"www-authenticate", challenge.encode()))
        except NoRoute:
            response = dialects.identity(404, "Could not find the requested page.")
        except WrongMethod:
            response = dialects.identity(405, "The method is not allowed here.")
        except BadBody as error:
            response = dialects.identity(400, str(error))
        response.headers.append((b"vary", b"X-Auth-Token"))
        return response

    def versions(self, request: Request) -> Response:
        """What there is, for a client that was given the bare address."""
        return reply({"versions": {"values": [documents.version(request.origin)]}}, 300)

    def version(self, request: Request) -> Response:
        """The document of version 3."""
        return reply({"version": documents.version(request.origin)})

    def issue(self, request: Request) -> Response:
        """A new token for a password or for another token."""
        auth = request.envelope("auth")
        who = auth.get("identity") or {}
        methods = who.get("methods") or []
        if "application_credential" in methods:
            return self._issued(request, self._by_credential(who["application_credential"]))
        if "password" in methods:
            user = self._by_password((who.get("password") or {}).get("user") or {})
            fallback = user.project
        elif "token" in methods:
            old = self.identity.valid(str((who.get("token") or {}).get("id", "")))
            if old is None:
                raise unauthorized()
            user, fallback = old.user, old.project
        else:
            raise unauthorized()
        scope = auth.get("scope")
        for wider in (DOMAIN_SCOPE, SYSTEM_SCOPE):
            if isinstance(scope, dict) and wider in scope:
                if wider not in user.wider:
                    raise unauthorized()
                return self._issued(request, self.identity.issue(user, scope=wider))
        project = self._scope(scope, fallback)
        if project is None or project.id not in user.roles:
            raise unauthorized()
        return self._issued(request, self.identity.issue(user, project))

    def _issued(self, request: Request, token: Token) -> Response:
        response = self._describe(token, request, 201)
        response.headers.append((b"x-subject-token", token.id.encode()))
        return response

    def validate(self, request: Request) -> Response:
        """What a token means; 404 when it means nothing (any more)."""
        caller = self._caller(request)
        window = EXPIRED_WINDOW if request.flag("allow_expired") else timedelta()
        subject = self._subject(request, caller, ("admin", "service"), window)
        rules = subject.credential.access_rules if subject.credential else None
        if rules and not request.headers.get("openstack-identity-access-rules"):
            raise missing("token", "the one given")
        response = self._describe(subject, request, 200)
        response.headers.append((b"x-subject-token", subject.id.encode()))
        if request.method == "HEAD":
            response.body = b""
        return response

    def revoke(self, request: Request) -> Response:
        """End a token."""
        caller = self._caller(request)
        del self.identity.tokens[self._subject(request, caller, ("admin",)).id]
        return empty()

    def own_catalog(self, request: Request) -> Response:
        """The catalog alone."""
        catalog = self.catalog.for_token(self._caller(request).project.name)
        return reply({"catalog": catalog, "links": {"self": request.origin}})

    def own_projects(self, request: Request) -> Response:
        """The projects in which the caller has a role."""
        caller = self._caller(request)
        rows = [self.identity.projects[project_id] for project_id in caller.user.roles]
        found = [documents.project(row, request.origin) for row in rows]
        return reply({"projects": found, "links": {"next": None, "self": request.origin}})

    def index(self, request: Request) -> Response:
        """A list, filtered by any field."""
        kind = request.path.strip("/").split("/")[1]
        self._allow(kind, self._caller(request), None)
        rows = [
            row
            for row in self._rows(kind, request.origin)
            if all(str(row.get(key)).lower() == value.lower() for key, value in request.query)
        ]
        links = {"next": None, "self": f"{request.origin}/v3/{kind}", "previous": None}
        return reply({kind: rows, "links": links})

    def show(self, request: Request) -> Response:
        """One object by its id."""
        kind, wanted = request.path.strip("/").split("/")[1], request.params["id"]
        caller = self._caller(request)
        self._allow(kind, caller, wanted)
        for row in self._rows(kind, request.origin):
            if row["id"] == wanted:
                return reply({kind.removesuffix("s"): row})
        raise missing(kind.removesuffix("s"), wanted)

    def _rows(self, kind: str, origin: str) -> list[Json]:
        identity, catalog = self.identity, self.catalog
        if kind == "regions":
            return [documents.region(name, origin) for name in catalog.urls]
        if kind == "projects":
            return [documents.project(row, origin) for row in identity.projects.values()]
        if kind == "users":
            return [documents.user(row, origin) for row in identity.users.values()]
        if kind == "services":
            return [
                documents.service(name, SERVICE_NAMES[name], row, origin)
                for name, row in catalog.service_ids.items()
            ]
        if kind == "domains":
            return [{"id": DOMAIN_ID, "name": DOMAIN_NAME, "enabled": True, "links": {}}]
        if kind == "roles":
            return [
                {"id": row, "name": name, "domain_id": None, "links": {}}
                for name, row in identity.role_ids.items()
            ]
        return [row | {"links": {}} for row in catalog.endpoints()]

    def _allow(self, kind: str, caller: Token, wanted: str | None) -> None:
        own = kind == "projects" and wanted in caller.user.roles
        if kind == "regions" or own or wanted == caller.user.id or caller.is_admin:
            return
        text = f"You are not authorized to perform the requested action: identity:list_{kind}."
        raise IdentityError(403, "Forbidden", text)

    def _caller(self, request: Request) -> Token:
        token = self.identity.valid(request.headers.get("x-auth-token", ""))
        if token is None:
            raise unauthorized()
        return token

    def _subject(
        self,
        request: Request,
        caller: Token,
        roles: tuple[str, ...],
        window: timedelta = timedelta(),
    ) -> Token:
        wanted = request.headers.get("x-subject-token", "")
        if wanted != caller.id and not set(roles) & set(caller.roles):
            text = "You are not authorized to perform the requested action."
            raise IdentityError(403, "Forbidden", text)
        token = self.identity.valid(wanted, window)
        if token is None:
            raise missing("token", "the one given")
        return token

    def _describe(self, token: Token, request: Request, status: int) -> Response:
        bare = any(key == "nocatalog" for key, _ in request.query)
        catalog = None if bare else self.catalog
        return reply(documents.token(token, self.identity, catalog), status)

    def _by_password(self, given: Json) -> User:
        if "id" in given:
            user = self.identity.users.get(str(given["id"]))
        else:
            user = self.identity.user_named(str(given.get("name")))
        if user is None or user.password != given.get("password"):
            raise unauthorized()
        return user

    def _by_credential(self, given: Json) -> Token:
        found = self.identity.credentials.get(str(given.get("id")))
        if found is None or found.secret != given.get("secret"):
            raise unauthorized()
        return self.identity.issue(found.user, found.project, credential=found)

    def _scope(self, scope: Any, fallback: Project) -> Project | None:
        if not isinstance(scope, dict):
            return fallback
        wanted = scope.get("project")
        if not isinstance(wanted, dict):
            return None
        if "id" in wanted:
            return self.identity.projects.get(str(wanted["id"]))
        return self.identity.project_named(str(wanted.get("name")))
