"""What images are made of, built once."""

from dataclasses import dataclass

from activities.core import Core
from activities.image.copies import ImageCopies
from activities.upkeep import Worker
from models import work


@dataclass(frozen=True)
class ImageServices:
    """The copies of images in pods with a Glance of their own, and their upkeep."""

    copies: ImageCopies
    workers: dict[work.Upkeep, Worker]


def build(core: Core) -> ImageServices:
    """Build them on the core."""
    copies = ImageCopies(core.settings, core.store, core.regions, core.pods, core.operations)
    return ImageServices(copies, {work.InPod.IMAGE: copies.copy})
