"""Failures: what it means for one answer that several pods have no part in it."""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from time import time

from models.errors import PodFailed, PodUnavailable

# A refusal that says nothing of the request: the same one may be taken later.
TOO_MANY = 429


def nobody(failures: Sequence[PodUnavailable]) -> PodUnavailable:
    """Return why there is no list when no pod answers for its part of it.

    All are asked too much, or else there is no telling what the list would be. Where pods name
    a time to try again, the longest counts.
    """
    return _together(failures, "none of the pods that have a part of this answered")


def lacking(failures: Sequence[PodUnavailable], why: str) -> PodUnavailable:
    """Return why there is no answer without these pods; what the only one says is passed on."""
    if len(failures) == 1 and isinstance(failures[0], PodFailed):
        return failures[0]
    return _together(failures, why)


def _together(failures: Sequence[PodUnavailable], why: str) -> PodUnavailable:
    names = ", ".join(sorted({one.pod for one in failures})) or "(any)"
    after = max((one.after for one in failures), key=_seconds, default="")
    if failures and all(one.answered == TOO_MANY for one in failures):
        return PodFailed(names, TOO_MANY, b"", "too many requests", after)
    return PodUnavailable(names, why, after=after)


def _seconds(after: str) -> float:
    """Return how far off the time of a ``Retry-After`` is: seconds, or a date."""
    if after.strip().isdecimal():
        return float(after)
    try:
        return parsedate_to_datetime(after).timestamp() - time()
    except ValueError:
        return -1.0
