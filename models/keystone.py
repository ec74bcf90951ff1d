"""What the models ask Keystone for."""

from typing import Protocol


class Keystone(Protocol):
    """Regions and projects that there are. ``PodUnavailable`` while Keystone does not say."""

    async def has_region(self, name: str) -> bool:
        """Tell whether there is a region of this name."""
        ...

    async def has_project(self, project_id: str) -> bool:
        """Tell whether there may be a project of this id: False only where Keystone says so."""
        ...
