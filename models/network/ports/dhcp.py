"""Extra DHCP options of ports: each is known by its name and IP version."""

from collections.abc import Sequence

from models.database.store import Row


def merged(kept: Sequence[Row], given: Sequence[Row]) -> list[Row]:
    """Return the options as they are after a request: one without a value is taken away."""
    found = {_key(opt): opt for opt in kept}
    for opt in given:
        if opt["opt_value"] is None:
            found.pop(_key(opt), None)
        else:
            found[_key(opt)] = opt
    return list(found.values())


def change(there: Sequence[Row], wanted: Sequence[Row]) -> list[Row]:
    """Return what a Neutron is sent that has some options and is to have others."""
    stay = {_key(opt) for opt in wanted}
    gone = [
        {"opt_name": opt["opt_name"], "opt_value": None, "ip_version": opt["ip_version"]}
        for opt in there
        if _key(opt) not in stay
    ]
    return [*gone, *wanted]


def _key(opt: Row) -> tuple[str, int]:
    return opt["opt_name"], opt["ip_version"]
