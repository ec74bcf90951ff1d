"""The one place that renders failures, each API in its own dialect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from api.http import Answer, Headers
from models.errors import GatewayError, OverLimit, PodFailed, PodFault, Unauthorized

# The first-level key of a compute or volume fault, by status (Nova and Cinder share the table).
_NOVA_KEYS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    409: "conflictingRequest",
    413: "overLimit",
    415: "badMediaType",
    429: "overLimit",
    501: "notImplemented",
    503: "serviceUnavailable",
}
_JSON = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an API tells of failures, and which bodies of pods its clients understand as well."""

    body: Callable[[GatewayError], dict[str, Any]]
    knows: Callable[[dict[str, Any]], bool]


def render(dialect: Dialect, error: GatewayError, auth_url: str = "") -> Answer:
    """Return the answer that tells a client about the error."""
    again: Headers = [(b"retry-after", error.after.encode("latin-1"))] if error.after else []
    if isinstance(error, PodFailed | PodFault) and _is_known(dialect, error.body):
        return Answer(error.status, raw=error.body, headers=[_JSON, *again])
    if isinstance(error, Unauthorized):
        return Answer(
            401,
            {"error": {"code": 401, "title": "Unauthorized", "message": error.message}},
            [(b"www-authenticate", f'Keystone uri="{auth_url}"'.encode())],
        )
    if isinstance(error, OverLimit):
        # Cinder's way to say that waiting is of no use.
        body = _nova(error)
        body["overLimit"]["retryAfter"] = "0"
        return Answer(413, body, [(b"retry-after", b"0")])
    return Answer(error.status, dialect.body(error), again)


def _is_known(dialect: Dialect, raw: bytes) -> bool:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return False
    return isinstance(body, dict) and dialect.knows(body)


def _of_neutron(body: dict[str, Any]) -> bool:
    return "NeutronError" in body


def _of_others(body: dict[str, Any]) -> bool:
    return "NeutronError" not in body


def _of_nobody(_: dict[str, Any]) -> bool:
    return False


def _nova(error: GatewayError) -> dict[str, Any]:
    key = _NOVA_KEYS.get(error.status, "computeFault")
    again = {"retryAfter": error.after} if error.after and key == "overLimit" else {}
    return {key: {"code": error.status, "message": error.message, **again}}


def _neutron(error: GatewayError) -> dict[str, Any]:
    return {"NeutronError": {"type": error.kind, "message": error.message, "detail": ""}}


def _plain(error: GatewayError) -> dict[str, Any]:
    fault = {"status": error.status, "code": error.kind, "title": error.kind}
    return {"errors": [{**fault, "detail": error.message}]}


def _message(error: GatewayError) -> dict[str, Any]:
    return {"message": error.message, "code": f"{error.status} {error.kind}", "title": error.kind}


NOVA = Dialect(_nova, _of_others)
NEUTRON = Dialect(_neutron, _of_neutron)
GLANCE = Dialect(_message, _of_others)
OWN = Dialect(_plain, _of_nobody)
