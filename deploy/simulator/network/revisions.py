"""If-Match: an object is changed only in the revision that a client names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from deploy.simulator.http import Request
from deploy.simulator.identity.state import Token
from deploy.simulator.network.errors import NeutronError, bad
from deploy.simulator.network.resource import Resource

_TAG = "revision_number="
_STRONG = re.compile(r'(?<!W/)"([^"]*)"')


def enforce(resources: Iterable[Resource], token: Token, request: Request) -> None:
    """Refuse a change of an object that has another revision than the request is about."""
    wanted = _wanted(request.headers.get("if-match", ""))
    if wanted is None or request.method == "GET":
        return
    collection = request.path.split("/")[3].replace("-", "_")
    for resource in resources:
        row = resource.rows.get(request.params.get("id", ""))
        if resource.plural == collection and row is not None and resource.visible(token, row):
            current = resource.decorate(row).get("revision_number", wanted)
            if current != wanted:
                text = f"Constrained to {wanted}, but current revision is {current}"
                raise NeutronError(412, "RevisionNumberConstraintFailed", text)


def _wanted(header: str) -> int | None:
    tags = _STRONG.findall(header) if '"' in header else [header]
    numbers = [tag.removeprefix(_TAG) for tag in tags if tag.startswith(_TAG)]
    if len(numbers) > 1:
        raise bad("if-match", "Multiple revision_number etags are not supported")
    try:
        return int(numbers[0]) if numbers else None
    except ValueError:
        text = "Revision number etag must be in the format of revision_number=<int>"
        raise bad("if-match", text) from None
