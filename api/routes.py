"""``python -m api.routes [--markdown]``: every route of the gateway, and where its code is.

It asks the same classes that the process serves; no database and no pod is needed.
``--markdown`` prints the page ``deploy/docs/routes.md``.
"""

import inspect
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass

from api.http import Handler, Route
from api.logic import logic
from api.main import APIS, Apis
from api.policy import ADMIN, default
from api.service import ServiceApp

_HEAD = ("method", "path", "policy rule", "by default", "handler", "logic")
_PAGE = """\
# Routes

Made by `python -m api.routes --markdown > deploy/docs/routes.md`; a test compares them.

The file of a route follows from its path; how, is told in
[architecture](architecture.md#from-a-url-to-its-file). "By default" are the roles that may, if
an operator says nothing else. "Handler" is the module of the noun and the function that serves
the route; behind ">", the function of an engine that serves it for that module. "Logic" are the
modules whose objects the files of its API ask; where they ask none, those that the engines ask.

"""
_INTRODUCTION = "{count} routes below `{address}`, `{package}`.\n\n"


@dataclass(frozen=True)
class Line:
    """What there is to know of a route, as texts."""

    method: str
    path: str
    rule: str
    roles: str
    handler: str
    logic: str


def lines(api: type[ServiceApp]) -> Iterator[Line]:
    """Give every route of an API: what needs no token, then what is below the version."""
    for route in api.public().declared:
        path = api.prefix.rstrip("/") + route.path
        yield Line(route.method, path, "", "no token", *_code(api, route))
    for route in api.routes().declared:
        rule = route.rule(api.name)
        path = api.address(route.path)
        roles = default(route).replace(f"rule:{ADMIN}", "admin").replace("role:", "")
        yield Line(route.method, path, rule, roles, *_code(api, route))


def table(apis: Apis = APIS) -> str:
    """Return all routes in columns."""
    rows = [_HEAD, *(astuple(line) for api in apis for line in lines(api))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        + "\n"
        for row in rows
    )


def page() -> str:
    """Return all routes as the page for people."""
    return _PAGE + "\n".join(_section(api) for api in APIS)


def _section(api: type[ServiceApp]) -> str:
    rows = list(lines(api))
    told = _INTRODUCTION.format(
        count=len(rows), address=api.address(""), package=api.folder.replace(".", "/") + "/"
    )
    head = "| route | policy rule | by default | handler | logic |\n|---|---|---|---|---|\n"
    return f"## {api.name.capitalize()}\n\n{told}{head}" + "".join(map(_row, rows))


def _row(line: Line) -> str:
    route = f"`{line.method} {line.path}`"
    texts = (route, _span(line.rule), line.roles, _span(line.handler), _span(line.logic))
    return f"| {' | '.join(texts)} |\n"


def _span(text: str) -> str:
    return f"`{text}`" if text else ""


def _code(api: type[ServiceApp], route: Route) -> tuple[str, str]:
    """Return who serves a route, and whom that asks."""
    return _handler(route.handler, route.module), ", ".join(logic(route.handler, api.folder))


def _handler(handler: Handler, module: str) -> str:
    function = inspect.unwrap(handler)
    name = function.__qualname__.replace(".<locals>", "")
    if function.__module__ == module:
        return f"{module}:{name}"
    return f"{module} > {function.__module__}:{name}"


if __name__ == "__main__":
    sys.stdout.write(page() if "--markdown" in sys.argv[1:] else table())
