"""/os-baremetal-nodes, until 2.35: what pods tell of themselves."""

from api.compute.proxy import PROXY
from api.compute.until import all_until
from models.resources.compute import BAREMETAL_NODES

routes = all_until((2, 35), PROXY.routes([BAREMETAL_NODES]))
