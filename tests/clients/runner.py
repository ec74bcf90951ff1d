"""Runs commands of the stock clients one after another inside one process.

Speaks JSON lines: an array of words in, ``[status, output, errors, read, told]`` out. ``read`` is
how many answers came, Keystone's and those of ``SECRET`` addresses aside, ``told`` what of them
named such an address.
Starting a client costs more than its request does, and this way it starts once. Needs nothing but
the clients.
"""

import io
import json
import logging
import os
import pty
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import entry_points
from inspect import signature
from typing import TextIO
from urllib.parse import urlsplit

import requests

_SECRET = [address for address in os.environ.get("SECRET", "").split(",") if address]


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


def _watch(answers: list[list[str]]) -> None:
    """From now on keep, for every answer, what it tells of secret addresses."""
    send = requests.Session.send
    keystone = urlsplit(os.environ["OS_AUTH_URL"]).netloc

    def watched(
        session: requests.Session, request: requests.PreparedRequest, **how: object
    ) -> requests.Response:
        answer = send(session, request, **how)  # type: ignore[arg-type]
        host = urlsplit(str(request.url)).netloc
        # Keystone's catalog names every region, and one command asks each for its versions.
        if host not in (keystone, *_SECRET):
            json_ = "json" in answer.headers.get("content-type", "")
            text = str(answer.headers) + (answer.text if json_ else "")
            named = [address for address in _SECRET if address in text]
            answers.append([f"{a} in {request.method} {request.url}" for a in named])
        return answer

    requests.Session.send = watched  # type: ignore[method-assign, assignment]


def _lines() -> TextIO:
    """Return what was the input; commands have a terminal, and read none of this."""
    lines = os.fdopen(os.dup(0))
    _, terminal = pty.openpty()
    os.dup2(terminal, 0)
    sys.stdin = os.fdopen(0, closefd=False)
    return lines


def main() -> None:
    """Answer until the input ends."""
    commands, replies = _lines(), sys.stdout
    answers: list[list[str]] = []
    _watch(answers)
    for line in commands:
        ended = _run(json.loads(line))
        told = [line for named in answers for line in named]
        replies.write(json.dumps([*ended, len(answers), told]) + "\n")
        replies.flush()
        answers.clear()


if __name__ == "__main__":
    main()
