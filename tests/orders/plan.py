"""The operations of a project's life, what each has to wait for, and random orders of them."""

from __future__ import annotations

import random
from collections.abc import Mapping

# What Neutron itself asks for: a gateway needs the external network, and a floating IP is led to a
# port only where a router leads from the one to the other.
MAKING: Mapping[str, tuple[str, ...]] = {
    "boot vm1": (),
    "boot vm2": (),
    "add interface 1": (),
    "add interface 2": (),
    "create external network": (),
    "set gateway": ("create external network",),
    "create floating IP": ("create external network",),
    "associate": ("create floating IP", "set gateway", "add interface 1", "boot vm1"),
}
UNDOING: Mapping[str, tuple[str, ...]] = {
    "disassociate": (),
    "delete floating IP": (),
    "delete vm1": (),
    "delete vm2": (),
    # Either of the two: a floating IP in use holds interface and gateway.
    "remove interface 1": ("disassociate",),
    "remove interface 2": (),
    "clear gateway": ("disassociate",),
    "delete external network": ("delete floating IP", "clear gateway"),
    "delete router": ("remove interface 1", "remove interface 2", "disassociate"),
    "delete network 1": ("delete vm1", "remove interface 1"),
    "delete network 2": ("delete vm2", "remove interface 2"),
}
# Done by deleting the object: it is left out when that comes first.
INCLUDED = {"disassociate": "delete floating IP", "clear gateway": "delete router"}


def order(operations: Mapping[str, tuple[str, ...]], chance: random.Random) -> list[str]:
    """A random order in which each operation comes after those that it waits for."""
    done: list[str] = []
    left = dict(operations)
    while left:
        ready = [name for name, before in left.items() if _may(name, before, done)]
        done.append(chance.choice(ready))
        del left[done[-1]]
    # Clearing what went with its object is no call that a client could make.
    return [
        name
        for at, name in enumerate(done)
        if not (name in INCLUDED and INCLUDED[name] in done[:at])
    ]


def _may(name: str, before: tuple[str, ...], done: list[str]) -> bool:
    return all(one in done or INCLUDED.get(one) in done for one in before)
