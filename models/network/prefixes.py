"""Prefixes: arithmetic of address ranges, as intervals, however many are taken."""

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(cidrs: Iterable[str]) -> list[Network]:
    """Return the CIDRs as networks."""
    return [ipaddress.ip_network(cidr) for cidr in cidrs]


def collapse(cidrs: Iterable[str]) -> list[str]:
    """Return the fewest CIDRs, in order, with the same addresses; all of one version."""
    return [str(one) for one in ipaddress.collapse_addresses(networks(cidrs))]  # type: ignore[type-var]


def free(prefixes: Sequence[Network], taken: Sequence[Network]) -> list[Network]:
    """Return what of the prefixes is not taken, as the fewest networks."""
    found: list[Network] = []
    used = {version: _spans(taken, version) for version in (4, 6)}
    for prefix in prefixes:
        begin, end = int(prefix.network_address), int(prefix.broadcast_address)
        spans = used[prefix.version]
        # The last one that begins before the prefix may reach into it.
        at = max(bisect_right(spans, (begin, -1)) - 1, 0)
        while at < len(spans) and spans[at][0] <= end:
            low, high = spans[at]
            at += 1
            if high < begin:
                continue
            found += _between(begin, low - 1, prefix.version)
            begin = high + 1
        found += _between(begin, end, prefix.version)
    return found


def cut(gaps: Iterable[Network], length: int) -> Network | None:
    """Return the first network of the length in the smallest gap that has room for it."""
    fitting = [gap for gap in gaps if gap.prefixlen <= length]
    if not fitting:
        return None
    smallest: Network = max(fitting, key=lambda gap: gap.prefixlen)
    return ipaddress.ip_network(f"{smallest.network_address}/{length}")


def contains(gaps: Iterable[Network], wanted: Network) -> bool:
    """Tell whether one of the gaps has the whole network."""
    return any(
        gap.version == wanted.version
        and wanted.network_address in gap
        and wanted.broadcast_address in gap
        for gap in gaps
    )


def _spans(taken: Iterable[Network], version: int) -> list[tuple[int, int]]:
    """Return the first and last addresses of what is taken, apart from one another, in order."""
    mine = [one for one in taken if one.version == version]
    apart = ipaddress.collapse_addresses(mine)  # type: ignore[type-var]
    return [(int(one.network_address), int(one.broadcast_address)) for one in apart]


def _between(first: int, last: int, version: int) -> list[Network]:
    if first > last:
        return []
    make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    return list(ipaddress.summarize_address_range(make(first), make(last)))
