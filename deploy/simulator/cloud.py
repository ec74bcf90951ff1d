"""The whole simulated cloud: one Keystone, one Glance and any number of regions."""

from __future__ import annotations

from deploy.simulator import dialects
from deploy.simulator.calls import CallLog
from deploy.simulator.compute import versions as compute_versions
from deploy.simulator.door import Door, Service, Watch
from deploy.simulator.faults import Faults
from deploy.simulator.http import Json
from deploy.simulator.identity.api import IdentityApi
from deploy.simulator.identity.catalog import TOP_REGION, Catalog, gateway_urls, region_urls
from deploy.simulator.identity.state import Identity
from deploy.simulator.image.api import ImageApi
from deploy.simulator.image.store import ImageStore
from deploy.simulator.listener import Listener
from deploy.simulator.region import Region
from deploy.simulator.settings import Settings
from deploy.simulator.volume import versions as volume_versions

NOTHING = Service()


class Cloud:
    """Builds the doors, opens them, and puts everything back to the beginning."""

    def __init__(
        self,
        names: list[str],
        gateway: str,
        host: str,
        settings: Settings,
        *,
        image_per_region: bool = False,
        hide_pods: str = "",
    ) -> None:
        self.names, self.gateway, self.host = names, gateway, host
        self.settings = settings
        self.identity = Identity()
        self.catalog = Catalog(hide_pods)
        self.watch = Watch(self.identity, Faults(), CallLog(), settings)
        self.image_per_region = image_per_region
        self.images = self._new_images()
        self.regions = {name: Region(name, settings, self._images_of()) for name in names}
        self.doors: dict[str, Door] = {}

    @property
    def auth_url(self) -> str:
        """Where Keystone answers."""
        return f"{self.listener('identity').origin}/v3"

    def listener(self, name: str) -> Listener:
        """The socket of a region, of `identity` or of `image`."""
        listener = self.doors[name].listener
        if listener is None:
            raise LookupError(name)
        return listener

    async def open(self, port: int) -> None:
        """Listen everywhere: Keystone on `port`, Glance and the regions on the ones after it."""
        identity = Service(everything=IdentityApi(self.identity, self.catalog).handle)
        await self._open("identity", {"": ("identity", identity)}, port)
        await self._open("image", {"": ("image", self._image_service())}, port + 1 if port else 0)
        for number, name in enumerate(self.names):
            where = port + 2 + number if port else 0
            await self._open(name, self._region_services(self.regions[name]), where)
        image_url = self.listener("image").origin
        self.catalog.add(TOP_REGION, gateway_urls(self.gateway, self.auth_url))
        for name in self.names:
            origin = self.listener(name).origin
            own = f"{origin}/image" if self.image_per_region else image_url
            self.catalog.add(name, region_urls(origin, self.auth_url, own))
        for door in self.doors.values():
            door.auth_url = self.auth_url

    def close(self) -> None:
        """Stop listening."""
        for name in self.doors:
            self.listener(name).close()

    async def reset(self) -> None:
        """No objects, no faults, no log, every region alive; users and tokens stay."""
        self.watch.faults.rules.clear()
        self.watch.log.clear()
        for name in self.names:
            self.catalog.withdraw(name, set())
        self.images.images, self.images.data, self.images.namespaces = {}, {}, {}
        fresh = self._new_images()
        self.images.images, self.images.data = fresh.images, fresh.data
        for region in self.regions.values():
            region.reset(self._images_of())
        for name in self.doors:
            await self.listener(name).open()

    def inventory(self) -> Json:
        """The shared images."""
        return {"image": {"images": list(self.images.images.values())}}

    def _images_of(self) -> ImageStore:
        """The images that a region sees: everybody's, or its own."""
        return self._new_images() if self.image_per_region else self.images

    def _new_images(self) -> ImageStore:
        owner = self.identity.project_named("admin")
        if owner is None:
            raise LookupError("the administrator's project")
        return ImageStore(owner)

    async def _open(self, name: str, services: dict[str, tuple[str, Service]], port: int) -> None:
        fallback = services.get("", (name, NOTHING))

        def find(path: str) -> tuple[str, Service]:
            return services.get(path.split("/", 2)[1], fallback)

        door = Door(name, find, self.watch)
        door.listener = Listener(door, self.host, port)
        self.doors[name] = door
        await door.listener.open()

    def _image_service(self) -> Service:
        api = ImageApi(self.images)
        return Service(
            private=api.handle,
            public={"": api.versions, "/versions": api.listed},
            series=("/v2",),
            elsewhere=api.versions,
        )

    def _region_services(self, region: Region) -> dict[str, tuple[str, Service]]:
        # Looked up on every call: a reset replaces the region's services.
        compute = Service(
            private=lambda token, request: region.compute.handle(token, request),
            public={
                "/compute": compute_versions.versions,
                "/compute/v2": compute_versions.old_version,
                "/compute/v2.1": compute_versions.version,
            },
            series=("/compute/v2.1", "/compute/v2"),
            elsewhere=compute_versions.choices,
        )
        network = Service(
            private=lambda token, request: region.network.handle(token, request),
            public={"/network": lambda request: region.network.versions(request)},
            told_by=("GET",),
            series=("/network/v2.0",),
            elsewhere=lambda _: dialects.network(404, "The resource could not be found."),
        )
        volume = Service(
            private=lambda token, request: region.volume.handle(token, request),
            public={
                "/volume": lambda request: volume_versions.versions(request, 300),
                "/volume/v3": lambda request: volume_versions.versions(request, 200),
            },
            series=("/volume/v3",),
            elsewhere=lambda _: dialects.compute(404, "The resource could not be found."),
        )
        image = Service(
            private=lambda token, request: region.image.below(token, request, "/image"),
            public={
                "/image": lambda request: region.image.versions(request),
                "/image/versions": lambda request: region.image.listed(request),
            },
            series=("/image/v2",),
            elsewhere=lambda request: region.image.versions(request),
        )
        return {
            "compute": ("compute", compute),
            "network": ("network", network),
            "volume": ("volume", volume),
            "image": ("image", image),
        }
