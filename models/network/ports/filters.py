"""List filters of ports that are no columns."""

from sqlalchemy import ColumnElement, and_, or_, select

from models.database.tables.network import Port, ip_allocations
from models.network import holders
from models.network.collections.checks import invalid_input


def with_addresses(values: list[str]) -> ColumnElement[bool]:
    """Return the filter ``fixed_ips=subnet_id=..`` and ``fixed_ips=ip_address=..``."""
    given: dict[str, list[str]] = {}
    for value in values:
        key, found, wanted = value.partition("=")
        if not found or key not in ("subnet_id", "ip_address", "ip_address_substr"):
            raise invalid_input(f"'{value}' is not of the form <key>=[value]")
        given.setdefault(key, []).append(wanted)
    has: list[ColumnElement[bool]] = []
    for key, wanted_values in given.items():
        column = ip_allocations.c[key.removesuffix("_substr")]
        if key.endswith("_substr"):
            match = or_(*(column.contains(part, autoescape=True) for part in wanted_values))
        else:
            match = column.in_(wanted_values)
        has.append(match)
    # One subquery for each key, as the address and the subnet may be two fixed IPs' own.
    port_id = holders.port_ids()
    return and_(*(Port.id.in_(select(port_id).where(match)) for match in has))
