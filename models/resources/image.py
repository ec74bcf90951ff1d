"""The image API's paths: one Glance is shared by all pods, so each is passed on as it is."""

_READ = ("GET",)
_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")

IMAGE: dict[str, tuple[str, ...]] = {
    "/images": _ALL,
    "/images/{id}": (*_ALL, "HEAD"),
    "/images/{id}/file": (*_ALL, "HEAD"),
    "/images/{id}/stage": _ALL,
    "/images/{id}/import": _ALL,
    "/images/{id}/tasks": _READ,
    "/images/{id}/locations": _ALL,
    "/images/{id}/members": _ALL,
    "/images/{id}/members/{member_id}": _ALL,
    "/images/{id}/tags/{tag}": _ALL,
    "/images/{id}/actions/{action}": _ALL,
    "/schemas/{kind}": _READ,
    "/schemas/metadefs/{kind}": _READ,
    "/tasks": _ALL,
    "/tasks/{id}": _ALL,
    "/info/{topic}": _READ,
    "/info/{topic}/detail": _READ,
    "/stores/{store}/{image_id}": _ALL,
    "/cache": ("GET", "DELETE"),
    "/cache/{image_id}": ("PUT", "DELETE"),
    "/metadefs/{kind}": _ALL,
    "/metadefs/{kind}/{name}": _ALL,
    "/metadefs/{kind}/{name}/{inner}": _ALL,
    "/metadefs/{kind}/{name}/{inner}/{inner_name}": _ALL,
}
