"""``deploy/cluster up | down | restart | status [--simulated]``."""

import sys

from deploy.pods.layout import State
from deploy.production.cluster import Cluster
from deploy.stack import steer

if __name__ == "__main__":
    simulated = "--simulated" in sys.argv
    cluster = Cluster(State.from_environment(), simulated=simulated)
    sys.exit(steer(cluster, "deploy/cluster", sys.argv[1:]))
