"""Faults: what pods say when they refuse, and what is said of pods that do not answer."""

import orjson


def reason(error: BaseException) -> str:
    """Return why there was no answer."""
    return "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__


def fault(raw: bytes) -> tuple[str, str]:
    """Return message and type of any OpenStack fault body."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw[:200].decode(errors="replace"), ""
    inner = next(iter(body.values()), None) if isinstance(body, dict) else None
    if isinstance(inner, dict):
        return str(inner.get("message", "")), str(inner.get("type", ""))
    return str(inner or body), ""
