# mypy: disable-error-code="import-not-found, import-untyped, misc"
"""Cinder's driver of the lab: a volume is a sparse file; images are copied in and out."""

from pathlib import Path
from typing import Any

from cinder import interface
from cinder.volume import driver
from oslo_config import cfg

OPTIONS = [cfg.StrOpt("sparse_files_folder", help="Where the files of this back end lie.")]
CAPACITY = 10_000


@interface.volumedriver
class SparseFileDriver(driver.VolumeDriver):
    """Volumes, snapshots, clones and images as files; no guest ever reads them."""

    VERSION = "1.0"
    CI_WIKI_NAME = "none"

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.configuration.append_config_values(OPTIONS)

    def _file(self, name: str) -> Path:
        return Path(self.configuration.sparse_files_folder) / name

    def _resize(self, name: str, gigabytes: int) -> None:
        with self._file(name).open("ab") as file:
            file.truncate(gigabytes * 1024**3)

    def _copy(self, source: str, target: str, gigabytes: int) -> None:
        # cp keeps the holes; copying them by reading would write gigabytes of zeros.
        self._execute("cp", "--sparse=always", str(self._file(source)), str(self._file(target)))
        self._resize(target, gigabytes)

    def do_setup(self, context: Any) -> None:
        """The folder exists."""
        self._file(".").mkdir(parents=True, exist_ok=True)

    def check_for_setup_error(self) -> None:
        """Nothing can be wrong with a folder."""

    def _update_volume_stats(self) -> None:
        backend = self.configuration.safe_get("volume_backend_name")
        self._stats = {
            "volume_backend_name": backend,
            "vendor_name": "Trio2o lab",
            "driver_version": self.VERSION,
            "storage_protocol": "file",
            "total_capacity_gb": CAPACITY,
            "free_capacity_gb": CAPACITY,
            "reserved_percentage": 0,
            "thin_provisioning_support": True,
            "max_over_subscription_ratio": "20.0",
            "provisioned_capacity_gb": 0,
            "multiattach": True,
        }

    def create_volume(self, volume: Any) -> None:
        """An empty sparse file of the volume's size."""
        self._resize(volume["name"], volume["size"])

    def delete_volume(self, volume: Any) -> None:
        """The file is gone."""
        self._file(volume["name"]).unlink(missing_ok=True)

    def extend_volume(self, volume: Any, new_size: int) -> None:
        """The file is larger."""
        self._resize(volume["name"], new_size)

    def create_snapshot(self, snapshot: Any) -> None:
        """A copy of the volume's file as it is now."""
        self._copy(snapshot["volume_name"], snapshot["name"], snapshot["volume_size"])

    def delete_snapshot(self, snapshot: Any) -> None:
        """The copy is gone."""
        self._file(snapshot["name"]).unlink(missing_ok=True)

    def create_volume_from_snapshot(self, volume: Any, snapshot: Any) -> None:
        """A copy of the snapshot's file, as large as the volume."""
        self._copy(snapshot["name"], volume["name"], volume["size"])

    def create_cloned_volume(self, volume: Any, src_vref: Any) -> None:
        """A copy of the other volume's file, as large as the volume."""
        self._copy(src_vref["name"], volume["name"], volume["size"])

    def clone_image(
        self, context: Any, volume: Any, location: Any, image: Any, service: Any
    ) -> tuple[dict[str, Any], bool]:
        """The image's bytes lie in the volume's file, without qemu-img and without sudo."""
        with self._file(volume["name"]).open("wb") as file:
            service.download(context, image["id"], file)
        self._resize(volume["name"], volume["size"])
        return {}, True

    def copy_volume_to_image(
        self, context: Any, volume: Any, image_service: Any, image_meta: Any
    ) -> None:
        """The volume's bytes are the image's, whatever format was asked for."""
        with self._file(volume["name"]).open("rb") as file:
            image_service.update(context, image_meta["id"], {}, file)

    def initialize_connection(self, volume: Any, connector: Any) -> dict[str, Any]:
        """Where the file lies; the lab's guests do not open it."""
        path = str(self._file(volume["name"]))
        return {"driver_volume_type": "local", "data": {"device_path": path}}

    def terminate_connection(self, volume: Any, connector: Any, **kw: Any) -> None:
        """Nothing was opened."""

    def ensure_export(self, context: Any, volume: Any) -> None:
        """A file needs no export."""

    def create_export(self, context: Any, volume: Any, connector: Any) -> None:
        """A file needs no export."""

    def remove_export(self, context: Any, volume: Any) -> None:
        """A file needs no export."""
