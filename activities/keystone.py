"""KeystoneCalls: what the gateway, as the service user, asks Keystone about names in requests."""

from urllib.parse import quote

import orjson

from activities.pods.region import Regions
from models.errors import PodUnavailable


class KeystoneCalls:
    """Looks for regions and projects."""

    def __init__(self, regions: Regions) -> None:
        self._regions = regions

    async def has_region(self, name: str) -> bool:
        """Tell whether there is a region of this name; ``PodUnavailable``."""
        status, _ = await self._regions.identity("GET", f"/v3/regions/{quote(name, safe='')}")
        if status in (200, 404):
            return status == 200
        raise PodUnavailable("Keystone", f"it answered {status} about a region", answered=status)

    async def has_project(self, project_id: str) -> bool:
        """Tell whether there may be a project of this id.

        Another answer than 404 is no proof that there is none: the service user may not be let to
        look. A strange id may have led to something else, a list for one.
        """
        path = f"/v3/projects/{quote(project_id, safe='')}"
        try:
            status, body = await self._regions.identity("GET", path)
        except PodUnavailable as error:
            if error.answered:
                return True
            raise
        return status != 404 and (status != 200 or "project" in orjson.loads(body))
