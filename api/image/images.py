"""/images: what servers boot from."""

from api.image.passing import passed

routes = passed("images")
