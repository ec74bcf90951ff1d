"""`python -m deploy.simulator`: run the simulated cloud until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import orjson
import uvloop

from deploy.simulator.cloud import Cloud
from deploy.simulator.clouds_yaml import write
from deploy.simulator.control import Control
from deploy.simulator.identity.catalog import WAYS_TO_HIDE
from deploy.simulator.listener import Listener
from deploy.simulator.settings import Settings


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.simulator", description=__doc__)
    parser.add_argument("--regions", default="Pod1,Pod2", help="names, with commas")
    parser.add_argument(
        "--gateway", default="http://127.0.0.1:19999", help="where RegionOne's endpoints point"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        help="Keystone's port; Glance, the regions and the control API follow; 0: free ports",
    )
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to each call")
    parser.add_argument(
        "--build-delay", type=float, default=0.05, help="seconds until a server or volume is ready"
    )
    parser.add_argument(
        "--image-per-region", action="store_true", help="a Glance in every region, not one for all"
    )
    parser.add_argument(
        "--hide-pods", choices=WAYS_TO_HIDE, default="", help="users' catalogs show RegionOne only"
    )
    parser.add_argument("--clouds-yaml", type=Path, help="write the users' clouds.yaml there")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    settings = Settings(arguments.latency, arguments.build_delay)
    names = [name for name in arguments.regions.split(",") if name]
    cloud = Cloud(
        names,
        arguments.gateway.rstrip("/"),
        arguments.host,
        settings,
        image_per_region=arguments.image_per_region,
        hide_pods=arguments.hide_pods,
    )
    await cloud.open(arguments.port)
    control = Control(cloud)
    port = arguments.port + 2 + len(names) if arguments.port else 0
    listener = Listener(control, arguments.host, port)
    await listener.open()
    if arguments.clouds_yaml:
        write(cloud, arguments.clouds_yaml)
    ready = {**control.description(), "control": listener.origin}
    sys.stdout.write(orjson.dumps(ready).decode() + "\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    cloud.close()
    listener.close()


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    uvloop.run(_serve(_arguments()))


main()
