"""What services tell at their doors, to anybody: versions, and what may be asked.

Nova, Neutron, Cinder and Glance of 2025.1 say so; pods, the simulator's and the gateway alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field

COMPUTE, NETWORK, VOLUME, IMAGE = "compute", "network", "volume", "image"
# The series below which each serves what needs a token, and something there.
BELOW = {
    COMPUTE: "/v2.1/flavors",
    NETWORK: "/v2.0/networks",
    VOLUME: "/v3/types",
    IMAGE: "/v2/images",
}
ANY = ("GET", "HEAD", "POST", "PUT", "DELETE")
NEW, OLD = "OpenStack-API-Version", "X-OpenStack-Nova-API-Version"


@dataclass(frozen=True)
class Asked:
    """A request at the door of a service, its status, the key of its body, and the echo."""

    service: str
    method: str
    path: str
    status: int
    key: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    echo: str = field(default="", kw_only=True)

    @property
    def name(self) -> str:
        """What a test is called by."""
        said = " ".join(value for _, value in self.headers)
        return f"{self.service} {self.method} {self.path} {said}".strip()


def _documents() -> list[Asked]:
    found = []
    for slashes in ("/", "//"):
        for method in (*ANY, "OPTIONS"):
            found.append(Asked(COMPUTE, method, slashes, 200, "versions"))
        for method in ANY:
            found.append(Asked(VOLUME, method, slashes, 300, "versions"))
            found.append(Asked(IMAGE, method, slashes, 300, "versions"))
        for service in (VOLUME, IMAGE):
            found.append(Asked(service, "OPTIONS", slashes, 200))
        for method in ("GET", "OPTIONS"):
            found.append(Asked(NETWORK, method, slashes, 200, "versions"))
        found += [Asked(NETWORK, method, slashes, 405) for method in ("HEAD", "POST")]
    for path in ("/v2.1", "/v2.1/", "/v2.1//", "//v2.1", "/%76%32.1/", "/v2%2e1", "/v2", "/v2/"):
        echo = "" if path.rstrip("/") == "/v2" else "compute 2.1"
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            found.append(Asked(COMPUTE, method, path, 200, "version", echo=echo))
    for path in ("/versions", "/versions/", "/%76ersions"):
        for method in ("GET", "HEAD", "OPTIONS"):
            found.append(Asked(IMAGE, method, path, 200, "versions"))
    return found


def _elsewhere() -> list[Asked]:
    found = [
        Asked(COMPUTE, "GET", "/nothing/here", 300, "choices"),
        Asked(COMPUTE, "HEAD", "/v3", 300, "choices"),
        Asked(IMAGE, "GET", "/nothing", 300, "versions"),
        Asked(IMAGE, "GET", "/v1", 300, "versions"),
        Asked(VOLUME, "GET", "/v2", 404),
        Asked(VOLUME, "HEAD", "/nothing", 404),
        Asked(NETWORK, "GET", "/nothing", 404),
    ]
    for service, path in BELOW.items():
        found += [Asked(service, "OPTIONS", where, 200) for where in (path, "/nothing")]
        found.append(Asked(service, "GET", path, 401))
    return found


def _microversions() -> list[Asked]:
    nova = {
        "Compute 2.10": (200, "version", "compute 2.10"),
        "COMPUTE  2.10": (200, "version", "compute 2.10"),
        "volume 3.1, compute 2.12": (200, "version", "compute 2.12"),
        "compute 2.5, compute 2.7": (200, "version", "compute 2.7"),
        "volume 3.10": (200, "version", "compute 2.1"),
        "compute": (200, "version", "compute 2.1"),
        "compute 2.999": (406, "computeFault", "compute 2.999"),
        "compute 1.0": (406, "computeFault", "compute 1.0"),
        "compute x": (400, "badRequest", ""),
        "compute LATEST": (400, "badRequest", ""),
    }
    found = [
        Asked(COMPUTE, "GET", "/v2.1/", status, key, ((NEW, said),), echo=echo)
        for said, (status, key, echo) in nova.items()
    ]
    found += [
        Asked(COMPUTE, "GET", "/v2.1/", 400, "badRequest", ((OLD, said),)) for said in ("x", "")
    ]
    told = ((OLD, "2.12"),)
    found.append(Asked(COMPUTE, "GET", "/v2.1/", 200, "version", told, echo="compute 2.12"))
    # Nova's list of versions is of none.
    found.append(Asked(COMPUTE, "GET", "/", 200, "versions", ((NEW, "compute x"),)))
    cinder = {
        "volume 3.10": (300, "versions", "volume 3.10"),
        "compute 2.1, volume 3.12": (300, "versions", "volume 3.12"),
        "volume 3.999": (406, "computeFault", "volume 3.999"),
        "volume 4.0": (406, "computeFault", "volume 4.0"),
        "volume x": (400, "badRequest", ""),
    }
    return found + [
        Asked(VOLUME, "GET", "/", status, key, ((NEW, said),), echo=echo)
        for said, (status, key, echo) in cinder.items()
    ]


PUBLIC = tuple(_documents() + _elsewhere() + _microversions())
# With a token.
PRIVATE = (
    Asked(COMPUTE, "GET", "/v2.1//flavors", 200, "flavors"),
    Asked(COMPUTE, "GET", "//v2.1/%66lavors", 200, "flavors"),
    Asked(COMPUTE, "GET", "/v2.1/flavors//detail", 200, "flavors"),
    Asked(COMPUTE, "GET", "/v2.1/flavors/", 404),
    Asked(COMPUTE, "GET", "/v2.1/flavors//", 404),
    Asked(COMPUTE, "HEAD", "/v2.1/flavors", 404),
    Asked(COMPUTE, "PUT", "/v2.1/flavors", 404),
    Asked(COMPUTE, "PATCH", "/v2.1/servers", 404),
    Asked(VOLUME, "GET", "/v3//types", 200, "volume_types"),
    Asked(VOLUME, "GET", "/v3/%74ypes", 200, "volume_types"),
    Asked(VOLUME, "GET", "/v3/types/", 404),
    Asked(VOLUME, "HEAD", "/v3/types", 404),
    Asked(VOLUME, "PATCH", "/v3/types", 404),
    Asked(NETWORK, "GET", "/v2.0//networks", 200, "networks"),
    Asked(NETWORK, "GET", "/v2.0/%6eetworks", 200, "networks"),
    Asked(NETWORK, "HEAD", "/v2.0/networks", 405),
    Asked(IMAGE, "GET", "/v2//images", 200, "images"),
    Asked(IMAGE, "GET", "/v2/%69mages", 200, "images"),
)


def difference(asked: Asked, status: int, headers: dict[str, str], body: object) -> str:
    """How an answer is not what services answer; '' where it is."""
    if status != asked.status:
        return f"{status}, not {asked.status}"
    if asked.method == "HEAD" and body:
        return "a body"
    if asked.method != "HEAD" and asked.key and not (isinstance(body, dict) and asked.key in body):
        return f"no {asked.key}"
    if asked.method == "OPTIONS" and not asked.key and body:
        return "a body"
    if asked.service == COMPUTE and asked not in PRIVATE:
        echo = headers.get(NEW.lower(), "")
        old = headers.get(OLD.lower(), "")
        if (echo, old) != (asked.echo, asked.echo.partition(" ")[2]):
            return f"the versions {echo!r} and {old!r}"
    if asked.service == VOLUME and asked.headers and headers.get(NEW.lower(), "") != asked.echo:
        return f"the version {headers.get(NEW.lower())!r}"
    return ""
