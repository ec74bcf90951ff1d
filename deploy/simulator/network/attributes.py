"""What a body may say: one table for each resource, one function that reads a body with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.simulator.http import Json
from deploy.simulator.identity.state import Token
from deploy.simulator.network.checks import Unconvertible
from deploy.simulator.network.errors import forbidden, invalid, malformed

REQUIRED: Any = object()
# Given in no answer and no default: the resource's own code decides what its absence means.
UNSET: Any = object()
Check = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Attr:
    """One field of a resource, as a caller may send it."""

    check: Check
    default: Any = UNSET
    post: bool = True
    put: bool = True
    admin: bool = False
    # Set by other services only: an administrator has to have the role, too.
    service: bool = False

    def default_value(self) -> Any:
        """A default of the row's own, since rows are changed in place."""
        return list(self.default) if isinstance(self.default, list) else self.default


Attrs = Mapping[str, Attr]

_READ_ONLY = (
    "id",
    "status",
    "created_at",
    "updated_at",
    "revision_number",
    "tags",
    "availability_zones",
)


def read(attrs: Attrs, given: Json, token: Token, *, resource: str, creating: bool) -> Json:
    """The checked fields of a body, with every default filled in when creating."""
    verb = "create" if creating else "update"
    values: Json = {}
    _check_names(attrs, given, creating)
    if creating:
        values["project_id"] = _owner(given, token)
    for name, attr in attrs.items():
        if name in given:
            refused = attr.admin and not token.is_admin and given[name] != attr.default
            if refused or (attr.service and "service" not in token.roles):
                raise forbidden(f"{verb}_{resource}:{name}")
            try:
                values[name] = attr.check(given[name])
            except Unconvertible as error:
                raise invalid(str(error)) from error
            except ValueError as error:
                raise malformed(f"Invalid input for {name}. Reason: {error}.") from error
        elif creating and attr.default is REQUIRED:
            raise malformed(f"Failed to parse request. Required attribute '{name}' not specified")
        elif creating and attr.default is not UNSET:
            values[name] = attr.default_value()
    return values


def _check_names(attrs: Attrs, given: Json, creating: bool) -> None:
    unknown = []
    for name in given:
        attr = attrs.get(name)
        if name in ("tenant_id", "project_id"):
            allowed = creating
        elif attr is not None:
            allowed = attr.post if creating else attr.put
        elif name in _READ_ONLY:
            allowed = False
        else:
            unknown.append(name)
            continue
        if not allowed:
            if creating:
                raise malformed(f"Attribute '{name}' not allowed in POST")
            raise malformed(f"Cannot update read-only attribute {name}")
    if unknown:
        raise malformed(f"Unrecognized attribute(s) '{', '.join(unknown)}'")


def _owner(given: Json, token: Token) -> str:
    if "project_id" not in given and "tenant_id" not in given:
        return token.project.id
    wanted = given.get("project_id", given.get("tenant_id"))
    if given.get("tenant_id", wanted) != wanted:
        raise malformed("'project_id' and 'tenant_id' do not match")
    if wanted != token.project.id and not token.is_admin:
        raise malformed(
            "Specifying 'project_id' or 'tenant_id' other than the authenticated "
            "project in request requires admin privileges"
        )
    if not isinstance(wanted, str):
        raise malformed(f"Invalid input for tenant_id. Reason: '{wanted}' is not a valid string.")
    return wanted
