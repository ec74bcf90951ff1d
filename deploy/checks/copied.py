"""What is declared to be copied goes to copies: no declaration is without effect."""

import importlib
from collections.abc import Iterator

from activities.copies import MarkedKind
from models.network.security_groups import state
from models.resource import Kind
from models.resources.network import NETWORK


def refused() -> list[str]:
    """Return the attributes that say ``copied`` of objects whose copies do not look at it."""
    # Whoever makes copies is built there, and known once it is imported.
    importlib.import_module("activities.wiring")
    sent = {*state.COPIED, *_marked()}
    return [
        f"models/database/tables/network: {kind.member}.{attribute.column} is declared copied, "
        "and no copy gets it"
        for kind in NETWORK
        if kind not in sent
        for attribute in kind.copied
    ]


def _marked(above: type[object] = MarkedKind) -> Iterator[Kind]:
    sub: type[object]
    for sub in above.__subclasses__():
        if isinstance(kind := vars(sub).get("kind"), Kind):
            yield kind
        yield from _marked(sub)
