"""What the guide calls its things."""

FLAVOR = "test"
NETWORKS = {"net1": "10.0.1.0/24", "net2": "10.0.2.0/24"}
SERVERS = ("vm1", "vm2")
VOLUMES = ("volume1", "volume2")
ZONES = ("az1", "az2")
ROUTER = "R1"
EXTERNAL = "ext-net"
EXTERNAL_VLAN = 3001
EXTERNAL_CIDR = "163.3.124.0/24"
# The outside host has .100; the pool stays below it.
EXTERNAL_POOL = "start=163.3.124.5,end=163.3.124.99"
OUTSIDE_ADDRESS = "163.3.124.100"
