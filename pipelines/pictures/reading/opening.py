"""Open pictures from anywhere: the one place where encoded pixels become a Pillow image.

What is refused here is refused everywhere: formats that make Pillow start a program or read another file,
more pixels than allowed, and anything damaged beyond reading. Only the first frame is ever decoded.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from pipelines.pictures.reading.avif_exif import is_avif, without_exif
from pipelines.pictures.reading.png_chunks import MAGIC, read_png

FORMATS = tuple("PNG JPEG WEBP GIF BMP DIB TIFF AVIF ICO PPM TGA JPEG2000 QOI PCX SGI DDS PSD".split())
"""Formats that Pillow decodes by itself; EPS and its like start other programs."""

MAX_PIXELS = 178_956_970
"""Pillow's own limit. The HTTP side has a lower one: see ``--max-image-pixels``."""

MAX_FILE_BYTES = 512 * 2**20
"""Most bytes of a file on disk; pictures in requests are bounded by the limit of these."""

MAX_PROFILE_BYTES = 4 * 2**20
"""A longer colour profile is dropped."""


warnings.filterwarnings("ignore", module=r"PIL\.\w+ImagePlugin")  # of damaged metadata, which is read anyway
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # sizes are judged here


class UnreadablePicture(ValueError):
    """The bytes are no picture of the formats that are read, are damaged, or are too large."""


class TooManyPixels(UnreadablePicture):
    """The picture has more pixels than allowed."""


def open_picture(source: bytes | Path, *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The first frame, loaded, in the mode that the file has; ``info`` has all its texts.

    Raises UnreadablePicture, and OSError if a path can't be read.
    """
    data = source if isinstance(source, bytes) else _file(source)
    picture = _head(data)
    _refuse_larger(picture.size, max_pixels)
    info = dict(picture.info)  # loading loses some of it
    try:
        picture.load()
    except Exception as error:  # as above
        raise UnreadablePicture(f"{type(error).__name__}: {error}") from error
    _refuse_larger(picture.size, max_pixels)  # containers such as ICO may hold another size than they say
    picture.info = {**picture.info, **info}
    if len(picture.info.get("icc_profile") or b"") > MAX_PROFILE_BYTES:
        del picture.info["icc_profile"]
    return picture


def _file(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE_BYTES:
        raise UnreadablePicture(f"{path.name} is larger than {MAX_FILE_BYTES >> 20} MiB")
    return path.read_bytes()


def check_size(data: bytes, *, max_pixels: int) -> None:
    """Raise TooManyPixels by the head of the file alone, UnreadablePicture if it is no picture."""
    with _head(data) as picture:
        _refuse_larger(picture.size, max_pixels)


def _head(data: bytes) -> ImageFile.ImageFile:
    """The picture before its pixels are decoded."""
    Image.init()  # else Pillow knows only a few formats by name; costs nothing the second time
    try:
        if data.startswith(MAGIC):
            data, texts = read_png(data)
            return _open(data, texts)
        return _open_avif(data) if is_avif(data) else _open(data, {})
    except Image.DecompressionBombError as error:
        raise TooManyPixels(f"Image is too large: {error}") from error
    except UnidentifiedImageError as error:  # its own text names an object in memory
        raise UnreadablePicture("it is no picture of a format that is read, or damaged") from error
    except Exception as error:  # a damaged file makes decoders raise anything
        raise UnreadablePicture(f"{type(error).__name__}: {error}") from error


def _open(data: bytes, info: Mapping[str, object]) -> ImageFile.ImageFile:
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    picture.info.update(info)
    return picture


def _open_avif(data: bytes) -> ImageFile.ImageFile:
    try:
        return _open(data, {})
    except ValueError:
        sound, block = without_exif(data)
        if not block:
            raise
        return _open(sound, {"exif": block})


def _refuse_larger(size: tuple[int, int], most: int) -> None:
    if size[0] * size[1] > most:
        raise TooManyPixels(f"Image of {size[0]}x{size[1]} pixels is too large")
