"""What block storage is made of, built once."""

from dataclasses import dataclass
from functools import partial

from activities.core import Core
from activities.image.wiring import ImageServices
from activities.quotas.wiring import QuotaServices
from activities.upkeep import Worker
from activities.volume.creation import VolumeCreation
from activities.volume.group_type_copies import GroupTypeCopies
from activities.volume.qos_copies import QosCopies
from activities.volume.reservations import VolumeReservations
from activities.volume.type_copies import TypeCopies
from activities.volume.type_learning import TypeLearning
from activities.volume.upkeep import VolumeUpkeep
from activities.volume.volumes import Volumes
from models import work
from models.volume.group_types import GroupTypes
from models.volume.objects import VolumeObjects
from models.volume.qos_specs import QosSpecs
from models.volume.type_copies import TypeCopyRows
from models.volume.types import VolumeTypes

_OBJECTS = (
    work.CleanUp.VOLUME,
    work.CleanUp.SNAPSHOT,
    work.CleanUp.BACKUP,
    work.CleanUp.GROUP,
    work.CleanUp.GROUP_SNAPSHOT,
)


@dataclass(frozen=True)
class VolumeServices:
    """What handlers of the volume API call, and the upkeep of its copies."""

    volumes: Volumes
    creation: VolumeCreation
    reservations: VolumeReservations
    objects: VolumeObjects
    upkeep: VolumeUpkeep
    types: VolumeTypes
    type_copies: TypeCopies
    qos_specs: QosSpecs
    qos_copies: QosCopies
    group_types: GroupTypes
    group_type_copies: GroupTypeCopies
    workers: dict[work.Upkeep, Worker]


def build(core: Core, quotas: QuotaServices, image: ImageServices) -> VolumeServices:
    """Build them on the core, quotas and images."""
    store, regions, pods, operations = core.store, core.regions, core.pods, core.operations
    objects = VolumeObjects(store, operations, core.places, core.creations)
    upkeep = VolumeUpkeep(store, regions, pods, core.routings)
    learning = TypeLearning(core.settings, store, regions, pods)
    types = VolumeTypes(store, learning)
    rows = TypeCopyRows(store)
    qos_copies = QosCopies(store, regions, pods, operations, rows)
    type_copies = TypeCopies(store, regions, pods, operations, types, qos_copies, rows)
    group_types = GroupTypes(store, learning)
    group_type_copies = GroupTypeCopies(store, regions, pods, operations, group_types, rows)
    workers: dict[work.Upkeep, Worker] = {
        kind: partial(upkeep.clean_up, kind.resource_type) for kind in _OBJECTS
    }
    volumes = Volumes(pods, objects, types, type_copies, group_types, group_type_copies)
    reservations = VolumeReservations(quotas.reservations, quotas.type_limits, types)
    return VolumeServices(
        volumes=volumes,
        creation=VolumeCreation(objects, volumes, types, image.copies, reservations),
        reservations=reservations,
        objects=objects,
        upkeep=upkeep,
        types=types,
        type_copies=type_copies,
        qos_specs=QosSpecs(store, learning),
        qos_copies=qos_copies,
        group_types=group_types,
        group_type_copies=group_type_copies,
        workers=workers
        | {
            work.UpdateCopies.VOLUME: upkeep.given,
            work.UpdateCopies.VOLUME_TYPE: type_copies.update,
            work.CleanUp.VOLUME_TYPE: type_copies.clean_up,
            work.UpdateCopies.QOS_SPECS: qos_copies.update,
            work.CleanUp.QOS_SPECS: qos_copies.clean_up,
            work.UpdateCopies.GROUP_TYPE: group_type_copies.update,
            work.CleanUp.GROUP_TYPE: group_type_copies.clean_up,
        },
    )
