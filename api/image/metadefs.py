"""/metadefs: what properties of images mean."""

from api.image.passing import passed

routes = passed("metadefs")
