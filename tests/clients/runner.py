"""Runs commands of the stock clients one after another inside one process.

Speaks JSON lines: an array of words in, ``[status, output, errors]`` out. Starting a client costs
more than its request does, and this way it starts once. Needs nothing but the clients.
"""

import io
import json
import logging
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import entry_points
from inspect import signature


def _run(words: list[str]) -> list[object]:
    out, errors = io.StringIO(), io.StringIO()
    (program,) = entry_points(group="console_scripts", name=words[0])
    before = list(sys.argv), list(logging.root.handlers)
    sys.argv = words
    with redirect_stdout(out), redirect_stderr(errors), warnings.catch_warnings():
        try:
            main = program.load()
            # One of them has fixed its words when it was imported.
            status = main(words[1:]) if signature(main).parameters else main()
        except SystemExit as end:
            status = end.code
        except Exception as error:  # whatever a client lets through, the shell would show
            status = f"{type(error).__name__}: {error}"
    sys.argv, logging.root.handlers = before
    if isinstance(status, str):
        errors.write(status)
        status = 1
    return [status or 0, out.getvalue(), errors.getvalue()]


def main() -> None:
    """Answer until the input ends."""
    answers = sys.stdout
    for line in sys.stdin:
        answers.write(json.dumps(_run(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
