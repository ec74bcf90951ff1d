"""/os-agents, of the Xen driver: gone from Nova."""

from api.compute.gone import LIST, gone

routes = gone(
    {
        "/os-agents": LIST,
        "/os-agents/{id}": ("PUT", "DELETE"),
    }
)
