"""/os-fping: gone from Nova."""

from api.compute.gone import gone

routes = gone(
    {
        "/os-fping": ("GET",),
        "/os-fping/{id}": ("GET",),
    }
)
