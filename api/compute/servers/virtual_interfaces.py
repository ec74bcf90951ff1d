"""/servers/{id}/os-virtual-interfaces: gone from Nova; /os-interface is there."""

from api.compute.gone import gone

routes = gone({"/servers/{server_id}/os-virtual-interfaces": ("GET",)})
