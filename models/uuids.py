"""The form of ids: what OpenStack's services take for a UUID, and what not."""

import re

_HEX = re.compile(r"[0-9a-f]{32}")


def is_uuid_like(value: object) -> bool:
    """Tell whether the value has the form of an id: any case, with dashes or without, as a URN."""
    if not isinstance(value, str):
        return False
    bare = value.replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "").lower()
    return _HEX.fullmatch(bare) is not None
