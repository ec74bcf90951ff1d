"""/os-volume-transfer: the older name of /volume-transfers."""

from api.volume.volume_transfers import serve
from models.resources.volume import OS_VOLUME_TRANSFER

routes = serve(OS_VOLUME_TRANSFER)
