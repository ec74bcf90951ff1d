"""Forms: how an answer goes out where a fault says that it goes out otherwise than usual."""

from __future__ import annotations

from deploy.simulator.http import Response, Send, send_response

# Made by hand, and the connection ends with them: what a server of ours would never send.
RAW = ("garbage", "half", "unmeasured", "trailers", "long_head", "huge", "long_trailers")
_MANY = 3_000_000
FORMS = ("chunked", "close", "hang_up", *RAW)


def raw(form: str, response: Response) -> bytes:
    """The bytes of an answer in one of the forms made by hand."""
    if form == "garbage":
        return b"\x16\x03\x01 this is not the protocol you are looking for\r\n\r\n"
    head = f"HTTP/1.1 {response.status} \r\nContent-Type: application/json\r\n"
    if form == "unmeasured":
        interim = "HTTP/1.1 103 \r\nLink: </>\r\n\r\n"
        return f"{interim}{head}\r\n".encode() + response.body
    chunks = f"{len(response.body):x}\r\n".encode() + response.body + b"\r\n0\r\n"
    chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks
    if form == "trailers":
        return chunked + b"Retry-After: 99\r\nLocation: http://elsewhere/\r\n\r\n"
    if form == "long_trailers":
        return chunked + b"X: " + b"x" * _MANY
    if form == "long_head":
        return head.encode() + b"X: " + b"x" * _MANY
    if form == "huge":
        body = b" " * _MANY + response.body
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    half = response.body[: len(response.body) // 2]
    return f"{head}Content-Length: {len(response.body)}\r\n\r\n".encode() + half


async def send_in_form(form: str, response: Response, send: Send) -> None:
    """Send an answer in one of the forms that HTTP servers have."""
    if form == "close":
        response.headers.append((b"connection", b"close"))
    if form != "chunked":
        await send_response(response, send)
        return
    start = {"type": "http.response.start", "status": response.status}
    await send({**start, "headers": response.headers})
    middle = len(response.body) // 2
    for part, more in ((response.body[:middle], True), (response.body[middle:], False)):
        await send({"type": "http.response.body", "body": part, "more_body": more})
