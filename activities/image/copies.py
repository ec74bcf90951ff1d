"""ImageCopies: where every pod has a Glance of its own, an image goes where it is needed."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from activities.pods.region import Regions
from models import work
from models.database.store import Store
from models.errors import Conflict, NotFound, PodBusy, PodFault, PodUnavailable
from models.failures import lacking
from models.operations import Operations
from models.pods import PodDirectory
from models.routings import Unrecorded
from models.settings import Settings
from models.values import Caller, Pod
from models.work import DONE, State

_PART = 65536
_PAUSE = 0.2
# What Glance says of an image by itself, and nobody can tell it.
_GIVEN = {
    "status",
    "size",
    "virtual_size",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "created_at",
    "updated_at",
    "self",
    "file",
    "schema",
    "locations",
    "direct_url",
    "stores",
}


class ImageCopies:
    """Copies of images under the same id, made once for all who wait for them."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        regions: Regions,
        pods: PodDirectory,
        operations: Operations,
    ) -> None:
        self._settings = settings
        self._store = store
        self._regions = regions
        self._pods = pods
        self._operations = operations
        self._rows = Unrecorded(store)

    async def ensure(self, caller: Caller, image_id: str, pod: Pod) -> None:
        """Return when the pod has the image; an unknown one is left for the pod to refuse.

        ``PodBusy`` naming the job while a copy takes longer than a call to a pod may.
        """
        if not self._settings.image_per_pod or not image_id:
            return
        if await self._active(pod, image_id):
            return
        if not await self._visible(caller, image_id, pod):
            return
        async with self._store.write() as tx:
            job = await self._operations.add(tx, work.InPod.IMAGE.on(image_id, pod), caller=caller)
        self._operations.announce(job)
        await self._done(job, image_id, pod)

    async def of_server(self, caller: Caller, server: Mapping[str, Any], pod: Pod) -> None:
        """Return when the pod has the images that a server, or an action on it, names."""
        disks = server.get("block_device_mapping_v2")
        wanted = [server.get(key) for key in ("imageRef", "rescue_image_ref")]
        wanted += [
            disk.get("uuid")
            for disk in (disks if isinstance(disks, list) else ())
            if isinstance(disk, dict) and disk.get("source_type") == "image"
        ]
        for image_id in wanted:
            if isinstance(image_id, str) and image_id:
                await self.ensure(caller, image_id, pod)

    async def copy(self, key: str) -> None:
        """Copy an image to a pod, ``<image>/<pod id>``; again where a copy was cut short."""
        image_id, _, pod_id = key.partition("/")
        pod = await self._pods.get(pod_id)
        await self._rows.materialise(
            "image",
            image_id,
            pod,
            find=partial(self._active, pod, image_id),
            create=partial(self._create, pod, image_id),
        )

    async def _active(self, pod: Pod, image_id: str) -> str | None:
        """Return the id of the image where the pod has all of it."""
        here = await self._shown(pod, image_id)
        return image_id if here and here["status"] == "active" else None

    async def _create(self, target: Pod, image_id: str) -> str:
        here = await self._shown(target, image_id)
        source, image = await self._source(image_id, target)
        if here is None:
            body = {name: value for name, value in image.items() if name not in _GIVEN}
            # No id is free again after a deletion, so a copy cut short is filled, not replaced.
            await self._admin(target, "POST", "/images", body)
        elif here["status"] != "queued":
            raise PodBusy(f"Image {image_id} is {here['status']} in pod {target.pod_name}")
        await self._stream(image_id, source, target)
        copied = await self._shown(target, image_id) or {}
        if copied.get("os_hash_value") != image.get("os_hash_value"):
            raise Conflict(
                f"The copy of image {image_id} in pod {target.pod_name} differs from the one in "
                f"{source.pod_name}."
            )
        await self._share(image_id, source, target)
        return image_id

    async def _done(self, job: str, image_id: str, pod: Pod) -> None:
        patience = self._settings.pod_timeout
        while patience > 0:
            operation = await self._operations.get(job)
            if operation is None or operation["state"] == State.SUCCEEDED:
                return
            if operation["state"] in DONE:
                raise PodUnavailable(pod.pod_name, str(operation["error"]))
            await asyncio.sleep(_PAUSE)
            patience -= _PAUSE
        raise PodBusy(
            f"Image {image_id} is being copied to pod {pod.pod_name} (job {job}); try again."
        )

    async def _visible(self, caller: Caller, image_id: str, pod: Pod) -> bool:
        """Tell whether the caller may use the image in another pod; ``PodUnavailable``."""
        headers = {"X-Auth-Token": caller.token}
        silent: list[PodUnavailable] = []
        for other in await self._pods.serving("image"):
            if other == pod:
                continue
            try:
                answer = await self._regions.forward(
                    other, "image", "GET", f"/images/{image_id}", headers=headers
                )
                if answer.judged().status == 200 and answer.json()["status"] == "active":
                    return True
            except PodUnavailable as error:
                silent.append(error)
        if silent:
            raise lacking(silent, f"whether it has image {image_id} is unknown")
        return False

    async def _source(self, image_id: str, target: Pod) -> tuple[Pod, dict[str, Any]]:
        silent: list[PodUnavailable] = []
        for pod in await self._pods.serving("image"):
            if pod == target:
                continue
            try:
                image = await self._shown(pod, image_id)
            except PodUnavailable as error:
                silent.append(error)
                continue
            if image and image["status"] == "active":
                return pod, image
        if silent:
            raise lacking(silent, f"no other pod has image {image_id}")
        raise NotFound(f"No pod has image {image_id} any more.")

    async def _stream(self, image_id: str, source: Pod, target: Pod) -> None:
        """Pass the bytes on as they come; none of them are kept."""
        path = f"/images/{image_id}/file"
        headers = {"X-Auth-Token": await self._regions.token()}
        async with self._regions.open(source, "image", "GET", path, headers=headers) as answer:
            if answer.status != 200:
                raise PodUnavailable(source.pod_name, f"it answered {answer.status} for {path}")
            sending = headers | {"Content-Type": "application/octet-stream"}
            parts = answer.content.iter_chunked(_PART)
            async with self._regions.open(
                target, "image", "PUT", path, headers=sending, body=parts
            ) as taken:
                if taken.status >= 300:
                    raise PodUnavailable(target.pod_name, f"it answered {taken.status} to {path}")

    async def _share(self, image_id: str, source: Pod, target: Pod) -> None:
        path = f"/images/{image_id}/members"
        try:
            members = (await self._admin(source, "GET", path))["members"]
        except PodFault:
            # Only shared images have members.
            return
        for member in members:
            body = {"member": member["member_id"]}
            await self._admin(target, "POST", path, body)
            status = {"status": member["status"]}
            await self._admin(target, "PUT", f"{path}/{member['member_id']}", status)

    async def _shown(self, pod: Pod, image_id: str) -> dict[str, Any] | None:
        try:
            image: dict[str, Any] = await self._admin(pod, "GET", f"/images/{image_id}")
        except PodFault as fault:
            if fault.status == 404:
                return None
            raise
        return image

    async def _admin(self, pod: Pod, method: str, path: str, body: Any = None) -> Any:
        return await self._regions.admin(pod, "image", method, path, body)
