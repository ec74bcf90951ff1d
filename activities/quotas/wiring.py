"""What quotas are made of, built once."""

from dataclasses import dataclass

from activities.core import Core
from activities.quotas.figures import PodFigures
from activities.quotas.limits import LimitCopies
from activities.upkeep import Worker
from models import work
from models.quotas.limits import Limits
from models.quotas.quotas import Quotas
from models.quotas.reservations import Reservations
from models.quotas.type_limits import TypeLimits


@dataclass(frozen=True)
class QuotaServices:
    """Limits and usage of compute and volumes, and the upkeep of limits in pods."""

    quotas: Quotas
    reservations: Reservations
    type_limits: TypeLimits
    workers: dict[work.Upkeep, Worker]


def build(core: Core) -> QuotaServices:
    """Build them on the core."""
    store, regions, pods = core.store, core.regions, core.pods
    copies = LimitCopies(store, regions, pods)
    limits = Limits(store, core.operations, copies)
    figures = PodFigures(core.settings, store, regions, pods, core.versions)
    quotas = Quotas(store, core.keystone, figures, limits)
    return QuotaServices(
        quotas=quotas,
        reservations=Reservations(store, quotas),
        type_limits=TypeLimits(store, limits),
        workers={work.UpdateCopies.QUOTA: copies.converge},
    )
