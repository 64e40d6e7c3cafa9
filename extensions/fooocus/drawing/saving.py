"""Write pictures where links find them: by date, under the name that was asked for, none over another."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import piexif
from PIL import Image

from extensions.fooocus.kinds import Saving
from pipelines.plugin import encode_picture, telling, user_comment, write_file

FILES = "files"
VERSION = "Fooocus v2.5.5"
REMEDY = "make room in the outputs folder"
SCHEME_KEY = "fooocus_scheme"
QUALITY = 95


def files_folder(outputs: Path, own: str) -> Path:
    """The folder of a client's pictures, by day; ``own`` is empty for clients without one of their own."""
    return outputs / own / FILES if own else outputs / FILES


def save_picture(
    picture: Image.Image, number: int, saving: Saving, metadata: str | None, outputs: Path
) -> tuple[Path, bytes]:
    """Write a picture; its file and bytes. Raises DiskFull, NotWritten."""
    folder = files_folder(outputs, saving.folder) / date.today().isoformat()
    data = encoded(picture, saving.extension, saving.scheme, metadata)
    with telling(f"save a picture in {folder}", REMEDY):
        folder.mkdir(parents=True, exist_ok=True)
        path = free_path(folder, f"{saving.name}-{number}", saving.extension)
        write_file(path, data)
    return path, data


def free_path(folder: Path, stem: str, extension: str) -> Path:
    """The path of that name, numbered further where a picture has it already."""
    path, count = folder / f"{stem}.{extension}", 1
    while path.exists():
        path, count = folder / f"{stem}-{count}.{extension}", count + 1
    return path


def encoded(picture: Image.Image, extension: str, scheme: str, metadata: str | None) -> bytes:
    """The picture with its metadata: chunks of a PNG, Exif of all others."""
    if metadata is None:
        return encode_picture(picture, extension, infotext=None, quality=QUALITY)
    if extension == "png":
        return encode_picture(picture, "png", infotext=metadata, texts={SCHEME_KEY: scheme})
    exif: dict[str, Any] = dict(piexif.load(user_comment(metadata, most=60_000)))
    exif["0th"] = {piexif.ImageIFD.Software: VERSION.encode()}
    exif["Exif"][piexif.ExifIFD.MakerNote] = scheme.encode()
    buffer = io.BytesIO()
    kind = "WEBP" if extension == "webp" else "JPEG"
    picture.convert("RGB").save(buffer, kind, quality=QUALITY, exif=piexif.dump(exif))
    return buffer.getvalue()
