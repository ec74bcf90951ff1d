"""/os-security-group-default-rules, of nova-network: gone from Nova."""

from api.compute.gone import LIST, gone

routes = gone(
    {
        "/os-security-group-default-rules": LIST,
        "/os-security-group-default-rules/{id}": ("GET", "DELETE"),
    }
)
