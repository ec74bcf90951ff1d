"""/os-certificates: gone from Nova."""

from api.compute.gone import gone

routes = gone(
    {
        "/os-certificates": ("POST",),
        "/os-certificates/{id}": ("GET",),
    }
)
