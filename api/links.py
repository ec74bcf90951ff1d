"""Links: every address of a pod in an answer becomes the gateway's."""

import re
from typing import Any
from urllib.parse import urlsplit

_VERSIONED = re.compile(r"/v[23](?:\.\d+)?(?=/|$)")


def rehome(value: Any, base: str, root: str) -> None:
    """Point the links inside an answer at ``base``, in place; ``root`` is the pod's own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, list) and key.endswith("links"):
                for link in inner:
                    if isinstance(link, dict) and isinstance(link.get("href"), str):
                        link["href"] = moved(link["href"], base, root)
            elif isinstance(inner, dict | list):
                rehome(inner, base, root)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict | list):
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
