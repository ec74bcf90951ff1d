"""The stock ``openstack`` client kept warm: one command for each line of standard input.

Starting the client costs two seconds of processor time, most commands a tenth of one. A line in is
a JSON list of words; a line out is ``[exit code, output, errors]``.
"""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

from openstackclient.shell import main


def serve() -> None:
    """Run commands until the input ends."""
    answers = sys.stdout
    for line in sys.stdin:
        output, errors = io.StringIO(), io.StringIO()
        with redirect_stdout(output), redirect_stderr(errors):
            try:
                code = main(json.loads(line))
            except SystemExit as leave:
                code = 0 if leave.code is None else 2
        answers.write(json.dumps([code, output.getvalue(), errors.getvalue()]) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
