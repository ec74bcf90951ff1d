"""/info: what Glance can."""

from api.image.passing import passed

routes = passed("info")
