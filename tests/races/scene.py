"""A scene: one thing, and the changes that users may want of it at the same moment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

from tests.orders.canonical import Thing
from tests.support.client import Answer, User
from tests.support.topology import Site

Change = Callable[[User], Answer]
SEEN = (
    *("networks", "subnets", "ports", "routers", "floatingips"),
    *("security-groups", "subnetpools", "address-groups"),
)


class Scene(ABC):
    """What there is before the changes; each is asked for by whom it is given."""

    name: ClassVar[str]

    def __init__(self, site: Site) -> None:
        self.site = site
        self.begin()

    @abstractmethod
    def begin(self) -> None:
        """Make what the changes are about."""

    @abstractmethod
    def changes(self) -> dict[str, Change]:
        """The changes by their names."""

    def by(self, change: str, gateway: str) -> Answer:
        """The answer of a gateway to the change."""
        return self.changes()[change](replace(self.asking(), gateway=gateway))

    def asking(self) -> User:
        """Who asks for the changes."""
        return self.site.user

    def seen(self) -> list[Thing]:
        """What is there, as its owner sees it once nothing is left to do."""
        network, mine = self.site.user.network, self.site.user.project_id
        return [
            Thing("top", kind, row)
            for kind in SEEN
            for row in network.list(f"/{kind}", kind.replace("-", "_"))
            if row["project_id"] == mine
        ]

    def chosen(self) -> Iterable[str]:
        """The addresses that somebody chose."""
        return ()

    def end(self) -> None:
        """Take everything away."""
        self.site.tear_down()
