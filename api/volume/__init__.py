"""The block storage API under /volume."""

from activities.wiring import Services
from api import versions
from api.auth import Tokens
from api.http import Routes
from api.microversions import VOLUME as VERSIONS
from api.policy import Policy
from api.service import ServiceApp
from api.volume import (
    attachments,
    availability_zone,
    backups,
    clusters,
    default_types,
    group_snapshots,
    group_types,
    groups,
    limits,
    manageable_snapshots,
    manageable_volumes,
    qos_specs,
    quota_sets,
    services,
    snapshots,
    types,
    volume_transfers,
    volumes,
    workers,
)
from api.volume.proxy import PROXY
from api.volume.types import encryption
from models.resources.volume import VOLUME

PREFIX = "/volume"


def declared() -> Routes:
    """Return every route after the version."""
    routes = Routes()
    own = (
        volumes,
        snapshots,
        backups,
        volume_transfers,
        attachments,
        groups,
        group_snapshots,
        group_types,
        types,
        encryption,
        qos_specs,
        default_types,
        availability_zone,
        limits,
        quota_sets,
        services,
        clusters,
        workers,
        manageable_volumes,
        manageable_snapshots,
    )
    for module in own:
        routes.include(module.routes)
    routes.include(PROXY.routes(VOLUME))
    return routes


def create(open_services: Services, tokens: Tokens, policy: Policy) -> ServiceApp:
    """Return the API on the open services."""
    open_services.versions.start()
    open_services.creations.start()
    return ServiceApp(
        "volume",
        "v3",
        open_services,
        tokens,
        policy,
        routes=VERSIONS.guard(declared()),
        public=versions.volume(),
        finish=VERSIONS.finish,
    )
