"""wiring: everything that gateway and worker share, opened once and passed down."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from activities.admin import wiring as admin_wiring
from activities.compute import wiring as compute_wiring
from activities.core import Core, open_core
from activities.image import wiring as image_wiring
from activities.network import wiring as network_wiring
from activities.pods.region import Endpoint
from activities.quotas import wiring as quota_wiring
from activities.upkeep import Upkeep
from activities.volume import wiring as volume_wiring
from models.operations import Outbox
from models.quotas.quotas import Quotas
from models.quotas.reservations import Reservations
from models.quotas.type_limits import TypeLimits
from models.settings import Settings


@dataclass(frozen=True)
class Services(Core):
    """What handlers and activities are made of: the core, and each service's own."""

    quotas: Quotas
    reservations: Reservations
    type_limits: TypeLimits
    network: network_wiring.NetworkServices
    volume: volume_wiring.VolumeServices
    image: image_wiring.ImageServices
    compute: compute_wiring.ComputeServices
    admin: admin_wiring.AdminServices
    upkeep: Upkeep


@asynccontextmanager
async def open_services(
    settings: Settings, outbox: Outbox, endpoints: Mapping[str, Endpoint] | None = None
) -> AsyncIterator[Services]:
    """Open all services; close them at the end. Work that lasts goes to the outbox."""
    async with open_core(settings, outbox, endpoints) as core:
        yield _built(core)


def _built(core: Core) -> Services:
    quotas = quota_wiring.build(core)
    network = network_wiring.build(core)
    image = image_wiring.build(core)
    volume = volume_wiring.build(core, quotas, image)
    compute = compute_wiring.build(core, quotas, network, volume, image)
    workers = quotas.workers | network.workers | image.workers | volume.workers | compute.workers
    return Services(
        **vars(core),
        quotas=quotas.quotas,
        reservations=quotas.reservations,
        type_limits=quotas.type_limits,
        network=network,
        volume=volume,
        image=image,
        compute=compute,
        admin=admin_wiring.build(core),
        upkeep=Upkeep(core.store, core.operations, workers),
    )
