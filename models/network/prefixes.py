"""Prefixes: arithmetic of address ranges, as intervals, however many are taken."""

import ipaddress
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
    used = sorted(taken, key=lambda one: int(one.network_address))
    for prefix in prefixes:
        begin, end = int(prefix.network_address), int(prefix.broadcast_address)
        for one in used:
            low, high = int(one.network_address), int(one.broadcast_address)
            if one.version != prefix.version or high < begin or low > end:
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


def _between(first: int, last: int, version: int) -> list[Network]:
    if first > last:
        return []
    make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    return list(ipaddress.summarize_address_range(make(first), make(last)))
