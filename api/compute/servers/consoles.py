"""/servers/{id}/consoles: gone from Nova; /remote-consoles is there."""

from api.compute.gone import LIST, gone

routes = gone(
    {
        "/servers/{server_id}/consoles": LIST,
        "/servers/{server_id}/consoles/{id}": ("GET", "DELETE"),
    }
)
