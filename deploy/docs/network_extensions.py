"""``python -m deploy.docs.network_extensions``: make the page from the tables of extensions."""

from collections.abc import Mapping
from pathlib import Path

from models.network.extensions.served import SERVED, Extension
from models.network.extensions.unserved import UNSERVED, Unserved

PAGE = Path(__file__).with_name("network-extensions.md")

_INTRODUCTION = """\
# Extensions of the network API

Made by `python -m deploy.docs.network_extensions` from the tables in `models/network/extensions`;
change those, not this page.

Every extension that Neutron 2025.1 on OVN lists is either served, and then listed by the gateway
too, or it is left out: its attributes are neither shown nor taken, its collections are not found,
as at a Neutron without it. Tests hold the tables against what is shown, taken and listed.

## Served: {served}

| extension | what it brings | attributes | paths |
|---|---|---|---|
{served_rows}
## Left out: {left_out}

| extension | why | attributes | paths |
|---|---|---|---|
{left_out_rows}"""


def page() -> str:
    """Return the page that the tables make."""
    left_out = {alias: group for group in UNSERVED for alias in group.aliases}
    return _INTRODUCTION.format(
        served=len(SERVED),
        served_rows="".join(_line(one.alias, one.brings, one) for one in SERVED),
        left_out=len(left_out),
        left_out_rows="".join(
            _line(alias, group.why, group if alias == group.aliases[0] else None)
            for alias, group in left_out.items()
        ),
    )


def _line(alias: str, text: str, brought: Extension | Unserved | None) -> str:
    """Return a line of a table; what a whole group brings stands beside its first extension."""
    told = _attributes(brought.attributes) if brought else ""
    paths = ", ".join(f"`{path}`" for path in brought.paths) if brought else ""
    return f"| `{alias}` | {text} | {told} | {paths} |\n"


def _attributes(attributes: Mapping[str, str]) -> str:
    words = set(attributes.values())
    if len(attributes) > 4 and len(words) == 1:
        return f"of most: {words.pop()}"
    return "; ".join(f"{collection}: {names}" for collection, names in attributes.items())


if __name__ == "__main__":
    PAGE.write_text(page())
