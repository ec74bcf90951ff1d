"""/os-floating-ips-bulk, of nova-network: gone from Nova."""

from api.compute.gone import LIST, gone

routes = gone(
    {
        "/os-floating-ips-bulk": LIST,
        "/os-floating-ips-bulk/{id}": ("GET", "PUT"),
    }
)
