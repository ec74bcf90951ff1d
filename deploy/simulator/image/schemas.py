"""`/schemas`: what Glance tells of its own documents; older clients ask before they list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.simulator.http import Json

# Attributes by the word for their kind; `?` may be null, `!` is read only.
_KINDS = {
    "text": "string", "number": "integer", "real": "number", "flag": "boolean",
    "list": "array", "map": "object",
}  # fmt: skip
_STAMPS = {"created_at": "text!", "updated_at": "text!"}
_IMAGE = {
    "id": "text", "name": "text?", "status": "text!", "visibility": "text", "protected": "flag",
    "os_hidden": "flag", "checksum": "text?!", "os_hash_algo": "text?!",
    "os_hash_value": "text?!", "owner": "text?", "size": "number?!", "virtual_size": "number?!",
    "container_format": "text?", "disk_format": "text?", **_STAMPS, "tags": "list",
    "direct_url": "text!", "min_ram": "number", "min_disk": "number", "self": "text!",
    "file": "text!", "stores": "text!", "schema": "text!", "locations": "list",
}  # fmt: skip
_MEMBER = {
    "member_id": "text", "image_id": "text", "created_at": "text", "updated_at": "text",
    "status": "text", "schema": "text!",
}  # fmt: skip
_TASK = {
    "id": "text", "type": "text", "status": "text", "input": "map?", "result": "map?",
    "owner": "text", "message": "text", "image_id": "text", "request_id": "text",
    "user_id": "text", "expires_at": "text?", "created_at": "text", "updated_at": "text",
    "self": "text!", "schema": "text!",
}  # fmt: skip
_NAMESPACE = {
    "namespace": "text", "display_name": "text", "description": "text", "visibility": "text",
    "protected": "flag", "owner": "text", **_STAMPS, "schema": "text!", "self": "text!",
    "resource_type_associations": "list", "properties": "map", "objects": "list", "tags": "list",
}  # fmt: skip
_RESOURCE_TYPE = {"name": "text", "prefix": "text", "properties_target": "text", **_STAMPS}
_PROPERTY = {
    "name": "text", "title": "text", "description": "text", "operators": "list", "type": "text",
    "required": "list", "minimum": "real", "maximum": "real", "maxLength": "number",
    "minLength": "number", "pattern": "text", "enum": "list", "readonly": "flag", "items": "map",
    "maxItems": "number", "minItems": "number", "uniqueItems": "flag", "additionalItems": "flag",
}  # fmt: skip
_OBJECT = {
    "name": "text", "description": "text", "required": "list", "properties": "map",
    "schema": "text!", "self": "text!", **_STAMPS,
}  # fmt: skip
_TAG = {"name": "text", **_STAMPS}
_LINKS = {
    "image": (("self", "self"), ("enclosure", "file"), ("describedby", "schema")),
    "": (("first", "first"), ("next", "next"), ("describedby", "schema")),
}


def _property(word: str) -> Json:
    kind = _KINDS[word.rstrip("?!")]
    shown: Json = {"type": ["null", kind] if "?" in word else kind}
    if "!" in word:
        shown["readOnly"] = True
    if kind == "array":
        shown["items"] = {"type": "string"}
    return shown


def _links(name: str) -> list[Json]:
    return [{"rel": rel, "href": f"{{{field}}}"} for rel, field in _LINKS[name]]


def _one(name: str, words: Mapping[str, str], required: tuple[str, ...] = ()) -> Json:
    shown: Json = {
        "name": name,
        "properties": {word: _property(kind) for word, kind in words.items()},
        "additionalProperties": False,
    }
    if required:
        shown["required"] = list(required)
    return shown


def _several(name: str, one: Json) -> Json:
    kinds: dict[str, Any] = {name: {"type": "array", "items": one}}
    kinds |= {word: {"type": "string"} for word in ("first", "next", "schema")}
    return {"name": name, "properties": kinds, "links": _links("")}


def _image() -> Json:
    shown = _one("image", _IMAGE)
    # Users give images properties of their own.
    return shown | {"additionalProperties": {"type": "string"}, "links": _links("image")}


_ONES = {
    "image": ("images", _image()),
    "member": ("members", _one("member", _MEMBER)),
    "task": ("tasks", _one("task", _TASK)),
    "metadefs/namespace": ("namespaces", _one("namespace", _NAMESPACE, ("namespace",))),
    "metadefs/resource_type": (
        "resource_type_associations",
        _one("resource_type_association", _RESOURCE_TYPE, ("name",)),
    ),
    "metadefs/property": ("properties", _one("property", _PROPERTY, ("name", "title", "type"))),
    "metadefs/object": ("objects", _one("object", _OBJECT, ("name",))),
    "metadefs/tag": ("tags", _one("tag", _TAG, ("name",))),
}
_PLURALS = {"metadefs/property": "metadefs/properties"}
SCHEMAS: dict[str, Json] = {
    path: shown
    for name, (plural, one) in _ONES.items()
    for path, shown in ((name, one), (_PLURALS.get(name, f"{name}s"), _several(plural, one)))
}
