"""Frozen values that several layers share."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Condition:
    """The revision that one object of a collection is to have when it is changed."""

    collection: str
    id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as Keystone validated it. The token is never shown by ``repr``.

    ``condition`` is what one request asks of the object that it changes.
    """

    user_id: str
    project_id: str
    roles: tuple[str, ...]
    token: str = field(repr=False, default="")
    user_name: str = ""
    project_name: str = ""
    request_id: str = ""
    admin: bool = False
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
