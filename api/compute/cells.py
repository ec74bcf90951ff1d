"""/os-cells, of the first cells: gone from Nova."""

from api.compute.gone import LIST, ONE, gone

routes = gone(
    {
        "/os-cells": LIST,
        "/os-cells/capacities": ("GET",),
        "/os-cells/detail": ("GET",),
        "/os-cells/info": ("GET",),
        "/os-cells/sync_instances": ("POST",),
        "/os-cells/{id}": ONE,
        "/os-cells/{id}/capacities": ("GET",),
    }
)
