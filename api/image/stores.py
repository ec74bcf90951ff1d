"""/stores: where the bytes of images lie."""

from api.image.passing import passed

routes = passed("stores")
