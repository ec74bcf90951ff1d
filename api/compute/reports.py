"""What admins read of all pods at once: the questions and merges that several routes share."""

from collections.abc import Iterable, Sequence
from typing import Any

from activities.pods.region import PodAnswer
from activities.pods.versions import Version
from api.compute.proxy import PROXY
from api.http import Call
from api.links import Links, next_page
from models.compute.checks import no_marker
from models.errors import BadRequest, NotFound, PodUnavailable
from models.failures import lacking
from models.numbers import digits
from models.pages import cut

MAX_LIMIT = 1000


async def ask(
    call: Call, path: str, version: Version | None = None
) -> tuple[list[PodAnswer], list[PodUnavailable]]:
    """Send a GET to every pod; return who answered what, and who did not."""
    headers = await PROXY.headers(call, version)
    return await call.services.fanout.ask("compute", path, headers)


async def sum_of(call: Call, path: str, version: Version | None = None) -> list[PodAnswer]:
    """Return every pod's answer; ``PodUnavailable`` when one is missing from a sum."""
    answers, missing = await ask(call, path, version)
    if missing or not answers:
        raise lacking(missing, "its share of the sum is unknown")
    for answer in answers:
        if answer.status >= 400:
            raise answer.refusal(path)
    return answers


def known(answers: Sequence[PodAnswer], missing: Sequence[PodUnavailable]) -> list[PodAnswer]:
    """Return the answers of the pods that know what was asked about; else raise why none does."""
    found = [answer for answer in answers if answer.status < 300]
    refused = next((answer for answer in answers if answer.status not in (200, 404)), None)
    if refused is not None and not found:
        raise refused.refusal("refused")
    if found:
        return found
    if missing:
        raise lacking(missing, "no other pod knows this object")
    if answers:
        raise answers[0].refusal("not found")
    raise NotFound("The resource could not be found.")


def page(
    call: Call, rows: list[dict[str, Any]], marker_key: str = "id"
) -> tuple[list[dict[str, Any]], Links]:
    """Return the page that ``limit`` and ``marker`` ask for, and the link to the next."""
    text = call.param("limit") or str(MAX_LIMIT)
    if not text.isdecimal():
        raise BadRequest(
            f"Invalid input for query parameters limit. Value: {text}. "
            f"'{text}' does not match '^[0-9]*$'"
        )
    limit, marker = min(digits(text), MAX_LIMIT), call.param("marker")
    chosen, full = cut(rows, marker, limit, no_marker, key=lambda row: str(row[marker_key]))
    if not full:
        return chosen, []
    return chosen, next_page(call, str(chosen[-1][marker_key]))


def check_query(call: Call, names: Iterable[str]) -> None:
    """Return if the query has these parameters only."""
    unknown = sorted({name for name, _ in call.params} - set(names))
    if unknown:
        listed = ", ".join(f"'{name}'" for name in unknown)
        verb = "was" if len(unknown) == 1 else "were"
        raise BadRequest(f"Additional properties are not allowed ({listed} {verb} unexpected)")
