"""Boundary values of a JSON schema, and the bodies that have one of them in one place."""

import copy
import json
import uuid
from collections.abc import Iterator
from typing import Any

Path = tuple[Any, ...]

ID = str(uuid.UUID(int=0x1234567890ABCDEF1234567890ABCDEF))
_ANY = (None, True, 1, 1.5, "", " ", "x", [], ["x"], [None], {}, {"x": "y"})
_TEXTS = (" x", "x ", "x y", "a\nb", "\x00", "☃", "\u00a0", "x" * 255, "x" * 256, "x" * 70_000)
_NUMBERS = (0, 2, -1, 1.0, 2**31 - 1, 2**31, 2**63, "0", "1", "-1", "1.0", " 1", "+1", "1_0",
            "\u0663", "\u00b2", "0x1")  # fmt: skip
_TRUTHS = ("True", "true", "TRUE", "tRue", "t", "T", "y", "Y", "yes", "YES", "Yes", "on", "ON",
           "On", "1", "False", "false", "FALSE", "f", "F", "n", "N", "no", "NO", "off", "OFF",
           "0", " true", 0, 2, -1, 0.0, 1.0, False)  # fmt: skip
_IDS = (ID, ID.upper(), ID.replace("-", ""), "{" + ID + "}", "urn:uuid:" + ID, ID + " ", ID[:-1])
_ADDRESSES = ("10.9.0.1", " 10.9.0.1", "10.9.0.1/32", "10.9.0.0/24", "10.9.0.1/24", "010.9.0.1",
              "10.9", "fd00::9", "FD00::9", "fd00::/64", "fe80::1%eth0", "0.0.0.0",
              "0.0.0.0/0", "999.1.1.1", "10.9.0.0/33", "10.9.0.0/255.255.255.0")  # fmt: skip
_MACS = ("FA:16:3E:00:09:0B", "fa-16-3e-00-09-0c", "fa163e00090d", "fa16.3e00.090e",
         "fa:16:3e:0:9:f", "fa163e-000910", "fa16:3e00:0911", "00:00:00:00:00:00",
         " fa:16:3e:00:09:12", "fa:16:3e:00:09", "fa.16.3e.00.09.13",
         "fa:16:3e-00:09:14")  # fmt: skip
_FORMATS = {"mac": _MACS, "uuid": _IDS, "ipv4": _ADDRESSES, "ipv6": _ADDRESSES, "ip": _ADDRESSES}
_TYPES = {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}
# A schema's own words for where the limits of its type are.
_LENGTHS, _LIMITS, _ITEMS = (
    ("minLength", "maxLength"),
    ("minimum", "maximum"),
    ("minItems", "maxItems"),
)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield the schema and all that it is made of, for the same value."""
    if isinstance(schema, dict):
        yield schema
        for word in ("oneOf", "anyOf", "allOf"):
            for inner in schema.get(word, ()):
                yield from parts(inner)


def values(schema: Any, sample: Any = None) -> list[Any]:
    """Return what to try for a value of the schema; ``sample`` is one that it takes."""
    found: list[Any] = list(_ANY)
    known = any(part.keys() & {"type", "enum", "format"} for part in parts(schema))
    for part in parts(schema if known else _guessed(sample)):
        found += _values(part, sample)
    return _once(found)


def _guessed(sample: Any) -> dict[str, Any]:
    """Return the schema of what looks like the sample, where nobody tells one."""
    kind = next((_TYPES[type_] for type_ in _TYPES if isinstance(sample, type_)), "")
    if isinstance(sample, str) and len(sample) == len(ID) and sample.count("-") == 4:
        return {"type": kind, "format": "uuid"}
    if isinstance(sample, str) and sample.count(":") == 5:
        return {"type": kind, "format": "mac"}
    if isinstance(sample, str) and (sample.count(".") == 3 or "::" in sample):
        return {"type": kind, "format": "ip"}
    return {"type": kind}


def _values(schema: dict[str, Any], sample: Any) -> Iterator[Any]:
    types = schema.get("type", ())
    types = {types} if isinstance(types, str) else set(types)
    yield from _FORMATS.get(schema.get("format", ""), ())
    if "string" in types:
        yield from _TEXTS
        for limit in _around(schema, _LENGTHS):
            if 0 <= limit < 100_000:
                yield "x" * limit
    if types & {"integer", "number"} or "minimum" in schema:
        yield from _NUMBERS
        for limit in _around(schema, _LIMITS):
            yield from (limit, str(limit), float(limit) if limit < 2**53 else limit)
    if "boolean" in types:
        yield from _TRUTHS
    if "array" in types:
        yield from (1, "1", [[]], [{}], [1], ["x", "x"])
        item = sample[0] if isinstance(sample, list) and sample else "x"
        for limit in _around(schema, _ITEMS):
            if 0 <= limit < 1000:
                yield [f"{item}{n}" if isinstance(item, str) else item for n in range(limit)]
        yield [item, item]
    if "object" in types:
        yield from ({"x": None}, {"x": 1}, {"x": True}, {"x": 1.5}, {"x": []}, {"": "y"},
                    {" ": "y"}, {"x" * 255: "y"}, {"x" * 256: "y"}, {"x": "y" * 255},
                    {"x": "y" * 256}, {"a b": "y"}, {"a:b": "y"}, {"a/b": "y"}, {"a=b": "y"},
                    {"☃": "y"}, {"x": ""}, {"x": " "}, {"x": "\x00"}, {"x\x00": "y"})  # fmt: skip
    yield from _words(schema.get("enum", ()), types)


def _words(words: Any, types: set[str]) -> Iterator[Any]:
    for word in words:
        yield word
        if isinstance(word, str):
            yield from (word.upper(), word.lower(), word.title(), f" {word}", f"{word} ")
    if any(word in words for word in (True, "True")):
        yield from _TRUTHS


def _around(schema: dict[str, Any], limits: tuple[str, str]) -> Iterator[int]:
    for name in limits:
        if isinstance(schema.get(name), int):
            yield from (schema[name] - 1, schema[name], schema[name] + 1)


def _once(found: list[Any]) -> list[Any]:
    return list({json.dumps(value): value for value in found}.values())


def bodies(schema: Any, body: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield ``(where, value, body)``: the body with another value in one place, for all places.

    ``...`` as a value says that the place is left out.
    """
    yield "", body, body
    yield from _at((), schema, body, body)


def _at(path: Path, schema: Any, sample: Any, body: Any) -> Iterator[tuple[str, Any, Any]]:
    named: dict[str, Any] = {}
    for part in parts(schema):
        for name, inner in part.get("properties", {}).items():
            named.setdefault(name, []).append(inner)
    items = [part["items"] for part in parts(schema) if isinstance(part.get("items"), dict)]
    if isinstance(sample, dict):
        for name in sorted({*named, *sample}):
            inner = {"anyOf": named.get(name, [])}
            yield from _replaced((*path, name), inner, sample.get(name), body)
            if name in sample:
                yield _told((*path, name), ..., _without(body, (*path, name)))
                yield from _at((*path, name), inner, sample[name], body)
        if named:
            yield _told((*path, "unheard-of"), 1, _with(body, (*path, "unheard-of"), 1))
    elif isinstance(sample, list) and sample:
        inner = {"anyOf": items}
        yield from _replaced((*path, 0), inner, sample[0], body)
        yield from _at((*path, 0), inner, sample[0], body)


def _replaced(path: Path, schema: Any, sample: Any, body: Any) -> Iterator[tuple[str, Any, Any]]:
    for value in values(schema, sample):
        yield _told(path, value, _with(body, path, value))


def _told(path: Path, value: Any, body: Any) -> tuple[str, Any, Any]:
    return ".".join(map(str, path)), value, body


def _with(body: Any, path: Path, value: Any) -> Any:
    made = copy.deepcopy(body)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return made


def _without(body: Any, path: Path) -> Any:
    made = copy.deepcopy(body)
    inner = made
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return made
