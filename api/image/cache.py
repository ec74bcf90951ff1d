"""/cache: which images lie on the API's own disk."""

from api.image.passing import passed

routes = passed("cache")
