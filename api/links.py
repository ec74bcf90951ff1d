"""Links: every address of a pod in an answer becomes the gateway's."""

import re
from typing import Any
from urllib.parse import urlsplit

_VERSIONED = re.compile(r"/v[23](?:\.\d+)?(?=/|$)")


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
