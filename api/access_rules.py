"""Access rules: what an application credential is good for, as keystonemiddleware judges it."""

import re
from collections.abc import Iterable

from models.values import AccessRule

# ``**`` is anything, ``*`` and ``{name}`` are one segment of a path.
_PARTS = re.compile(r"(\*\*)|(\*|\{[^}]*\})|([^*{]+|\{)")
# No path of an API is longer; matching takes as long as path and rule together.
_LONGEST = 1024


def permit(
    rules: Iterable[AccessRule], services: Iterable[str], method: str, paths: Iterable[str]
) -> bool:
    """Tell whether a rule is for the call of one of the services, by one of its paths."""
    services, paths = tuple(services), tuple(paths)
    return any(
        rule.method == method
        and rule.service in services
        and any(_fits(rule.path, path) for path in paths)
        for rule in rules
    )


def _fits(pattern: str, path: str) -> bool:
    """Tell whether a path is one of a pattern's: where the pattern may have got to, step by step.

    A regular expression of a user's making would take its time.
    """
    if len(path) > _LONGEST:
        return False
    ends = {0}
    for anything, segment, literal in _PARTS.findall(pattern):
        if anything:
            ends = set(range(min(ends), len(path) + 1))
        elif segment:
            ends = _through_segment(ends, path)
        else:
            ends = {end + len(literal) for end in ends if path.startswith(literal, end)}
        if not ends:
            return False
    return len(path) in ends


def _through_segment(ends: set[int], path: str) -> set[int]:
    found: set[int] = set()
    for end in sorted(ends):
        at = end
        while at < len(path) and path[at] != "/":
            at += 1
            if at in found:
                break
            found.add(at)
    return found
