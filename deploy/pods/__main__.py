"""The command line of the lab; ``deploy/lab`` calls it with a suitable Python."""

import argparse
import sys

from deploy.pods.console import LabError, say
from deploy.pods.lab import Lab
from deploy.pods.layout import PODS, TOP_REGION, State

COMMANDS = {
    "install": "install the packages, start nothing",
    "up": "install what is missing and start both regions",
    "status": "list the processes; fails when one is down",
    "down": "stop everything, keep all data",
    "reset": "stop everything and empty both regions",
    "rc": 'print variables for the shell: eval "$(deploy/lab rc Pod1 demo)"',
}


def main() -> int:
    """Run one command; 0 when it did what it says."""
    parser = argparse.ArgumentParser(prog="deploy/lab", description="Two real OpenStack regions.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == "rc":
            regions = (TOP_REGION, *(pod.name for pod in PODS))
            users = ("admin", "demo", "alt", "viewer", "trio2o")
            command.add_argument("region", nargs="?", default=TOP_REGION, choices=regions)
            command.add_argument("user", nargs="?", default="demo", choices=users)
    arguments = parser.parse_args()
    lab = Lab(State.from_environment())
    try:
        if arguments.command == "status":
            return 0 if lab.status() else 1
        if arguments.command == "rc":
            sys.stdout.write(lab.shell_variables(arguments.region, arguments.user))
        else:
            getattr(lab, arguments.command)()
    except LabError as error:
        say(f"deploy/lab: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
