"""PROXY: the generic engine, told what volume clients see."""

from typing import Any

from api.http import Call
from api.microversions import VOLUME
from api.proxy import Proxy
from models.values import Pod


async def _volume(call: Call, pod: Pod, volumes: list[dict[str, Any]]) -> None:
    call.services.volumes.view(pod, volumes)


PROXY = Proxy(
    "volume",
    VOLUME,
    "v3",
    views={"volume": _volume},
    not_found={"volume": "Volume {} could not be found."},
)
