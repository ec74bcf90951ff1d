"""Cinder of one region over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from deploy.simulator import dialects
from deploy.simulator.http import Request, Response
from deploy.simulator.identity.state import Token
from deploy.simulator.image.store import ImageStore
from deploy.simulator.routes import NoRoute, Routes, WrongMethod
from deploy.simulator.volume import versions
from deploy.simulator.volume.attachments import Attachments
from deploy.simulator.volume.backups import Backups
from deploy.simulator.volume.collection import Volumes
from deploy.simulator.volume.consistencygroups import ConsistencyGroups
from deploy.simulator.volume.errors import CinderError
from deploy.simulator.volume.group_types import GroupTypes
from deploy.simulator.volume.groups import Groups
from deploy.simulator.volume.manageable import Manageable
from deploy.simulator.volume.operations import Operations
from deploy.simulator.volume.qos import QosSpecs
from deploy.simulator.volume.quotas import Quotas
from deploy.simulator.volume.snapshots import Snapshots
from deploy.simulator.volume.transfers import Transfers
from deploy.simulator.volume.types import Types
from deploy.simulator.volume.volumes import Call, VolumeStore

_PREFIX = "/volume/v3"


class VolumeService:
    """The collections and the routes that lead to them, with and without a project id."""

    def __init__(self, store: VolumeStore, images: ImageStore) -> None:
        self.routes: Routes[Callable[[Call], Response]] = Routes()
        Volumes(store, images).route(self.routes.add)
        for part in (Snapshots, Backups, Transfers, Attachments, Groups, ConsistencyGroups):
            part(store).route(self.routes.add)
        for kinds in (Types, QosSpecs, GroupTypes):
            kinds(store).route(self.routes.add)
        Operations(store).route(self.routes.add)
        Manageable(store).route(self.routes.add)
        Quotas(store).route(self.routes.add)

    def handle(self, token: Token, request: Request) -> Response:
        """The answer to one authenticated request below `/volume`."""
        version: versions.Microversion | None = None
        try:
            if not request.path.startswith(_PREFIX):
                raise NoRoute(request.path)
            path = self._without_project(token, request.path[len(_PREFIX) :])
            if path.endswith("/") and path.strip("/"):
                raise NoRoute(request.path)
            handler, request.params = self.routes.find(request.method, path)
            version = versions.asked(request.headers)
            versions.check(version)
            response = handler(Call(token, request, version))
        except CinderError as error:
            response = dialects.compute(error.status, error.message)
        except ValueError as error:
            response = dialects.compute(400, f"Malformed request: {error}")
        except (NoRoute, WrongMethod):
            response = dialects.compute(404, "The resource could not be found.")
        response.headers += versions.echo(version) if version else []
        return response

    def _without_project(self, token: Token, path: str) -> str:
        first, _, rest = path.strip("/").partition("/")
        if len(first) != 32 or "-" in first:
            return path
        if first != token.project.id:
            raise CinderError(400, "Malformed request url")
        return rest
