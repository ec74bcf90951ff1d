"""Run by a pod's own interpreter: what Neutron's attribute maps say of bodies near a good one.

Reads ``{"extensions", "project_id", "requests"}``; a request is ``{"name", "member",
"collection", "method", "body"}``. Writes lines as ``schemas`` does; a verdict that begins with
500 is no verdict: Neutron itself fails.
"""

import copy
import json
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import netaddr
import neutron.extensions
import webob.exc
from boundaries import bodies
from neutron.api import extensions
from neutron.api.v2.base import Controller
from neutron.db.migration.models import head
from neutron_lib import exceptions
from neutron_lib.api import attributes

# Whoever has standard attributes is known only when every table is.
TABLES = head.get_metadata()
_WORDS = (
    ("uuid_list", {"type": "array"}),
    ("uuid", {"type": "string", "format": "uuid"}),
    ("_list", {"type": "array"}),
    ("boolean", {"type": "boolean"}),
    ("string", {"type": "string"}),
    ("integer", {"type": "integer"}),
    ("non_negative", {"type": "integer", "minimum": 0}),
    ("range", {"type": "integer"}),
    ("_pools", {"type": "array"}),
    ("routes", {"type": "array"}),
    ("nameservers", {"type": "array"}),
    ("fixed_ips", {"type": "array"}),
    ("pairs", {"type": "array"}),
    ("opts", {"type": "array"}),
    ("dict", {"type": "object"}),
    ("mac", {"type": "string", "format": "mac"}),
    ("ip_", {"type": "string", "format": "ip"}),
    ("subnet", {"type": "string", "format": "ip"}),
    ("cidr", {"type": "string", "format": "ip"}),
    ("to_int", {"type": "integer"}),
    ("port", {"type": "integer", "minimum": 0, "maximum": 65535}),
    ("protocol", {"type": "string", "enum": ["tcp", "icmp", "ipv6-icmp", "0", "255", "256"]}),
    ("ethertype", {"type": "string", "enum": ["IPv4", "IPv6"]}),
)


def attribute_map(aliases: list[str]) -> dict[str, Any]:
    """Return what a Neutron with the extensions takes."""
    manager = extensions.ExtensionManager(neutron.extensions.__path__[0])
    manager.extensions = {a: e for a, e in manager.extensions.items() if a in aliases}
    manager.extend_resources("2.0", attributes.RESOURCES)
    return dict(attributes.RESOURCES)


def schema(attribute: dict[str, Any]) -> dict[str, Any]:
    """Return in words of JSON schema what values of an attribute are worth trying."""
    return {"anyOf": list(_schemas(attribute))}


def _schemas(attribute: dict[str, Any]) -> Iterator[dict[str, Any]]:
    converter = getattr(attribute.get("convert_to"), "__name__", "")
    for rule, limit in {converter: None, **attribute.get("validate", {})}.items():
        for word, made in _WORDS:
            if word in rule:
                yield dict(made)
                break
        if isinstance(limit, int) and "string" in rule:
            yield {"type": "string", "maxLength": limit}
        if rule.endswith("values"):
            yield {"type": "string", "enum": list(limit)}
        if "range" in rule and isinstance(limit, list | tuple):
            yield {"type": "integer", "minimum": int(limit[0]), "maximum": int(limit[1])}


def verdict(caller: Any, request: dict[str, Any], known: dict[str, Any], body: Any) -> str:
    """Return why Neutron refuses the body before a plugin sees it; empty where it does not."""
    try:
        Controller.prepare_request_body(
            caller, body, request["method"] == "POST", request["member"], known, True
        )
    except (webob.exc.HTTPBadRequest, exceptions.BadRequest, netaddr.AddrFormatError) as error:
        return str(error)[:300] or "refused"
    except Exception as error:
        return f"500 {error!r}"[:300]
    return ""


def main() -> None:
    """Read standard input, write the lines."""
    asked = json.load(sys.stdin)
    known = attribute_map(asked["extensions"])
    caller = SimpleNamespace(project_id=asked["project_id"], is_admin=True, is_advsvc=False)
    for request in asked["requests"]:
        of = known[request["collection"]]
        properties = {name: schema(attribute) for name, attribute in of.items()}
        whole = {"properties": {request["member"]: {"properties": properties}}}
        for where, value, body in bodies(whole, request["body"]):
            told = "<left out>" if value is ... else value
            said = verdict(caller, request, copy.deepcopy(of), copy.deepcopy(body))
            sys.stdout.write(json.dumps([request["name"], where, told, body, said]) + "\n")


if __name__ == "__main__":
    main()
