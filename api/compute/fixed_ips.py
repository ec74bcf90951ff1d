"""/os-fixed-ips, of nova-network: gone from Nova."""

from api.compute.gone import gone

routes = gone(
    {
        "/os-fixed-ips/{id}": ("GET",),
        "/os-fixed-ips/{id}/action": ("POST",),
    }
)
