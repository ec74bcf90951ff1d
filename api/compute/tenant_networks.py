"""/os-tenant-networks: like /os-networks, with a word where an address was."""

from typing import Any

from api.compute.gone import gone
from api.compute.networks import serve
from api.http import Call


def _view(_: Call, network: dict[str, Any]) -> dict[str, Any]:
    # The word, as Nova has it.
    return {"id": network["id"], "label": network["name"], "cidr": "None"}


routes = serve("/os-tenant-networks", _view)
routes.include(gone({"/os-tenant-networks": ("POST",), "/os-tenant-networks/{id}": ("DELETE",)}))
