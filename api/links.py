"""Links: those of pages and versions, and pods' own, which become the gateway's."""

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from api.http import Call

Links = list[dict[str, str]]
_PAGING = ("marker", "offset", "page_reverse")
_VERSIONED = re.compile(r"/v[23](?:\.\d+)?(?=/|$)")


def itself(href: str) -> Links:
    """Return the link of something to itself."""
    return [{"rel": "self", "href": href}]


def next_page(call: Call, last: str) -> Links:
    """Return the link to the page after the one that ends with the marker."""
    return [{"rel": "next", "href": call.address + page_path(call, last)}]


def page_path(call: Call, marker: str, *, reverse: bool = False) -> str:
    """Return the path of a list's page beyond the marker, asked for as this page was."""
    kept = [(name, value) for name, value in call.params if name not in _PAGING]
    edge = [("marker", marker)] if marker else []
    direction = [("page_reverse", "True")] if reverse else []
    return f"{call.path}?{urlencode([*kept, *call.ours, *edge, *direction])}"


def rehome(value: Any, base: str, root: str) -> None:
    """Point the links inside an answer at ``base``, in place; ``root`` is the pod's own."""
    # Parsed JSON has no subclasses, and this runs over every answer: the types themselves.
    if type(value) is list:
        for inner in value:
            kind = type(inner)
            if kind is dict or kind is list:
                rehome(inner, base, root)
        return
    for key, inner in value.items():
        kind = type(inner)
        if kind is dict:
            rehome(inner, base, root)
        elif kind is not list:
            continue
        elif key.endswith("links"):
            for link in inner:
                if type(link) is dict and type(link.get("href")) is str:
                    link["href"] = moved(link["href"], base, root)
        else:
            rehome(inner, base, root)


def moved(href: str, base: str, root: str) -> str:
    """Return the link with the gateway's base before what follows the service's own base."""
    if href.startswith(root + "/"):
        return base + href[len(root) :]
    parts = urlsplit(href)
    query = f"?{parts.query}" if parts.query else ""
    # The pod may call itself by another name than the catalog does.
    version = _VERSIONED.search(parts.path)
    if version:
        return base + parts.path[version.start() :] + query
    return base + parts.path.removeprefix(urlsplit(root).path) + query
