"""/os-cloudpipe: gone from Nova."""

from api.compute.gone import LIST, gone

routes = gone(
    {
        "/os-cloudpipe": LIST,
        "/os-cloudpipe/{id}": ("PUT",),
    }
)
