"""/schemas: what images and metadata look like, as JSON schemas."""

from api.image.passing import passed

routes = passed("schemas")
