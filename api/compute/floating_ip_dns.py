"""/os-floating-ip-dns, of nova-network: gone from Nova."""

from api.compute.gone import ONE, gone

routes = gone(
    {
        "/os-floating-ip-dns": ("GET",),
        "/os-floating-ip-dns/{id}": ("PUT", "DELETE"),
        "/os-floating-ip-dns/{id}/entries/{entry}": ONE,
    }
)
