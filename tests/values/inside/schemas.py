"""Run by a pod's own interpreter: what Nova's and Cinder's schemas say of bodies near a good one.

Reads requests of one service, ``{"name", "controller", "version", "body"}``, and writes a line for
each body: ``[name, where, value, body, verdict]``. The verdict is empty where the schema takes the
body; one that begins with 500 is none: the validator itself fails.
"""

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from boundaries import bodies

Version = tuple[int, int]


def schemas(function: Any) -> Iterator[tuple[Any, Version, Version]]:
    """Yield what the decorators of a controller's method hold: schema, first and last version."""
    while function is not None:
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        if "request_body_schema" in cells:
            schema, first, last = (
                cells[name].cell_contents
                for name in ("request_body_schema", "min_version", "max_version")
            )
            yield schema, version(first, (0, 0)), version(last, (9999, 0))
        function = getattr(function, "__wrapped__", None)


def version(word: str | None, otherwise: Version) -> Version:
    """Return the version in numbers."""
    if not word:
        return otherwise
    major, _, minor = word.partition(".")
    return int(major), int(minor)


def schema_of(controller: str, at: str) -> Any:
    """Return the schema of a method, ``module:Class.method``, at a version."""
    module, _, name = controller.partition(":")
    class_name, _, method = name.partition(".")
    cls = getattr(importlib.import_module(module), class_name)
    versioned = getattr(cls, "versioned_methods", {}).get(method, ())
    wanted = version(at, (0, 0))
    functions = [one.func for one in versioned if _has(one, wanted)] or [getattr(cls, method)]
    found = [s for f in functions for s, first, last in schemas(f) if first <= wanted <= last]
    if len(found) != 1:
        raise LookupError(f"{controller} has {len(found)} schemas at {at}")
    return found[0]


def _has(method: Any, wanted: Version) -> bool:
    first, last = _numbers(method.start_version), _numbers(method.end_version)
    return first <= wanted and (wanted <= last or last == (0, 0))


def _numbers(told: Any) -> Version:
    """Return a version in numbers; none: (0, 0)."""
    found = [int(number) for number in re.findall(r"\d+", str(told or ""))]
    return (found[0], found[1]) if len(found) > 1 else (0, 0)


def validator(controller: str, schema: Any) -> Callable[[Any], str]:
    """Return what tells why the service itself refuses a body; empty where it does not."""
    service = controller.partition(".")[0]
    validators = importlib.import_module(f"{service}.api.validation.validators")
    errors = importlib.import_module(f"{service}.exception")
    checker = validators._SchemaValidator(schema)

    def verdict(body: Any) -> str:
        try:
            checker.validate(body)
        except (errors.ValidationError, errors.InvalidInput) as error:
            return str(error)[:300] or "refused"
        except Exception as error:
            return f"500 {error!r}"[:300]
        return ""

    return verdict


def main() -> None:
    """Read standard input, write the lines."""
    requests = json.load(sys.stdin)
    service = requests[0]["controller"].partition(".")[0]
    importlib.import_module(f"{service}.objects").register_all()
    for request in requests:
        schema = schema_of(request["controller"], request["version"])
        verdict = validator(request["controller"], schema)
        for where, value, body in bodies(schema, request["body"]):
            told = "<left out>" if value is ... else value
            # A validator may change what it looks at.
            line = [request["name"], where, told, body, verdict(json.loads(json.dumps(body)))]
            sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
