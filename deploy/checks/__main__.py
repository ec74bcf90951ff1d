"""``python -m deploy.checks``: every check of this folder; 1 when one refuses something."""

import sys

from deploy.checks import copied, schema, work, workflows
from deploy.pods.console import say


def main() -> int:
    """Run the checks and say what they refuse, one place a line."""
    refused = [*workflows.refused(), *work.refused(), *copied.refused(), *schema.refused()]
    for line in refused:
        say(line)
    say(f"{len(refused)} refused" if refused else "nothing refused")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
