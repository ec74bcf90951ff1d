"""How each service says no: the same status wears another body at every door."""

from __future__ import annotations

from http import HTTPStatus

from deploy.simulator.http import Json, Response, reply

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


def compute(status: int, message: str) -> Response:
    """Nova's and Cinder's body."""
    body: Json = {"code": status, "message": message}
    return reply({_NOVA_KEYS.get(status, "computeFault"): body}, status)


def network(status: int, message: str, kind: str = "") -> Response:
    """Neutron's body."""
    kind = kind or "HTTP" + _title(status).replace(" ", "")
    return reply({"NeutronError": {"type": kind, "message": message, "detail": ""}}, status)


def identity(status: int, message: str, title: str = "") -> Response:
    """Keystone's body, also that of every service's token check."""
    title = title or _title(status)
    return reply({"error": {"code": status, "title": title, "message": message}}, status)


def image(status: int, message: str) -> Response:
    """Glance's body, which is a page."""
    title = f"{status} {_title(status)}"
    text = (
        f"<html>\n <head>\n  <title>{title}</title>\n </head>\n <body>\n"
        f"  <h1>{title}</h1>\n  {message}<br /><br />\n\n\n </body>\n</html>"
    )
    return Response(status, text.encode(), [(b"content-type", b"text/html; charset=UTF-8")])


def refusal(service: str, status: int, message: str, kind: str = "") -> Response:
    """The body of an invented refusal at one service's door."""
    if service == "network":
        return network(status, message, kind)
    if service == "identity":
        return identity(status, message)
    if service == "image":
        return image(status, message)
    return compute(status, message)


def unauthorized(auth_url: str) -> Response:
    """What a service answers to a token that is unknown, expired or revoked."""
    response = identity(401, "The request you have made requires authentication.")
    response.headers.append((b"www-authenticate", f'Keystone uri="{auth_url}"'.encode()))
    return response


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
