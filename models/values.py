"""Frozen values that several layers share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """The revision that one object of a collection is to have when it is changed."""

    collection: str
    id: str
    revision: int


# Whose is what the gateway makes for itself: no caller's project, for none may be without one.
NOBODY = ""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """A call that an application credential is good for."""

    service: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What Keystone says of a token beside whose it is.

    ``values`` are there for policies. A token with ``access_rules`` is good for nothing else.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    access_rules: tuple[AccessRule, ...] | None = None


_PLAIN = Credentials()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as Keystone validated it. The token is never shown by ``repr``.

    Whether it is an ``admin`` is said by a policy, once for each token. Without a project it is
    one who reads the whole system. ``condition`` is what one request asks of the object that it
    changes.
    """

    user_id: str
    project_id: str
    roles: tuple[str, ...]
    token: str = field(repr=False, default="")
    user_name: str = ""
    project_name: str = ""
    request_id: str = ""
    admin: bool = False
    credentials: Credentials = field(repr=False, compare=False, default=_PLAIN)
    condition: Condition | None = None

    @property
    def service(self) -> bool:
        """Whether it is a service of the cloud that asks, as Nova asks Neutron."""
        return "service" in self.roles

    def asking(self, request_id: str) -> "Caller":
        """Return the caller of one request: every field, by hand, for each request needs it."""
        return Caller(
            self.user_id,
            self.project_id,
            self.roles,
            self.token,
            self.user_name,
            self.project_name,
            request_id,
            self.admin,
            self.credentials,
        )

    def provided(self, condition: Condition) -> "Caller":
        """Return the caller of a request that is to change nothing unless the condition holds."""
        return replace(self, condition=condition)


class PodState(StrEnum):
    """What an admin lets a pod be used for."""

    ACTIVE = "active"
    # What is there is served; nothing new is made there.
    DRAINING = "draining"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Pod:
    """One bottom region."""

    pod_id: str
    pod_name: str
    az_name: str
    pod_az_name: str = ""
    dc_name: str = ""
    state: PodState = PodState.ACTIVE
