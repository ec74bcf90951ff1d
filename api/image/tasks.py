"""/tasks: what Glance works on."""

from api.image.passing import passed

routes = passed("tasks")
