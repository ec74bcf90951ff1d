"""Faults: what pods say when they refuse, and what is said of pods that do not answer."""

import orjson

from models.errors import PodFailed, PodUnavailable
from models.failures import TOO_MANY


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


def failure(pod: str, status: int, body: bytes, after: str) -> PodUnavailable | None:
    """Return what it means that a pod answered so, or None where it is an answer.

    A 502, 503 or 504 is of what stands before the pod: it is not there.
    """
    if status in (TOO_MANY, 500):
        return PodFailed(pod, status, body, fault(body)[0], after)
    if status > 500 and status != 501:
        return PodUnavailable(pod, f"it answered {status}", answered=status, after=after)
    return None
