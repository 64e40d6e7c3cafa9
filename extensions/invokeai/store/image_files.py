"""Files of pictures: PNG with metadata inside, and small WebP files for galleries."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.invokeai.store.errors import ImageFileNotFoundException

if TYPE_CHECKING:
    from PIL import Image

THUMBNAIL = 256
"""Most pixels along a side of a thumbnail."""
PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"})


class ImageFiles:
    """The folder ``outputs/images`` of the store."""

    def __init__(self, folder: Path) -> None:
        self._images = folder / "outputs" / "images"
        self._thumbnails = self._images / "thumbnails"

    def path(self, name: str, *, thumbnail: bool = False) -> Path:
        """The absolute path of a file. Raises ImageFileNotFoundException for a name that leads elsewhere."""
        if Path(name).name != name or not name or name.startswith("."):
            raise ImageFileNotFoundException(f"{name!r} is no name of a picture")
        file = self._thumbnails / f"{Path(name).stem}.webp" if thumbnail else self._images / name
        return file.absolute()

    def save(self, name: str, image: Image.Image, texts: Mapping[str, str]) -> None:
        """Write a picture and its thumbnail, each whole or not at all."""
        from pipelines.plugin import encode_picture

        self._thumbnails.mkdir(parents=True, exist_ok=True)
        stored = image if image.mode in PNG_MODES else image.convert("RGB")
        _write(self.path(name), encode_picture(stored, "png", texts=texts))
        small = image.convert("RGBA" if "A" in image.mode else "RGB")
        small.thumbnail((THUMBNAIL, THUMBNAIL))
        _write(self.path(name, thumbnail=True), encode_picture(small, "webp"))

    def open(self, name: str) -> Image.Image:
        """The picture in the mode of its file. Raises ImageFileNotFoundException."""
        from pipelines.plugin import open_picture

        try:
            return open_picture(self.path(name))
        except OSError as error:
            raise ImageFileNotFoundException(f"the file of the picture {name} is gone") from error

    def delete(self, name: str) -> None:
        """Remove a picture's file and its thumbnail."""
        for thumbnail in (False, True):
            self.path(name, thumbnail=thumbnail).unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(data)
    part.replace(path)
