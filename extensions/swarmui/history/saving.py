"""Pictures as files: in the format that is asked for, with their metadata, under a free name."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extensions.swarmui.history.metadata import BESIDE, PARAMETERS, with_texts
from extensions.swarmui.history.names import NameParts, place_for
from pipelines.plugin import telling

FORMATS: Mapping[str, tuple[str, int, bool]] = {
    "PNG": ("png", 0, False),
    "JPG": ("jpg", 100, False),
    "JPG90": ("jpg", 90, False),
    "JPG75": ("jpg", 75, False),
    "WEBP": ("webp", 75, False),
    "WEBP_LOSSLESS": ("webp", 100, True),
    "WEBP_100": ("webp", 100, False),
    "WEBP_90": ("webp", 90, False),
    "WEBP_75": ("webp", 75, False),
}
"""By the name of a format: suffix, quality, and True for lossless."""
REMEDY = "free some room, or send donotsave"
MOST_TRIES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture ready to be written or sent: its bytes, and the suffix of its format without the dot."""

    data: bytes
    suffix: str


def encoded(png: bytes, kind: str, metadata: str | None, infotext: str | None) -> PictureFile:
    """Encode a picture with its metadata; an infotext takes the place that A1111 reads."""
    suffix, quality, lossless = FORMATS[kind]
    own = BESIDE if infotext is not None else PARAMETERS
    found = {PARAMETERS: infotext, own: metadata}
    texts = {key: text for key, text in found.items() if text is not None}
    if suffix == "png" and png.startswith(b"\x89PNG"):
        return PictureFile(data=with_texts(png, texts), suffix=suffix)
    from pipelines.plugin import decode_picture, encode_picture

    picture = decode_picture(png, field="image")
    picture.info = {}
    if suffix == "png":
        return PictureFile(data=with_texts(encode_picture(picture, "png"), texts), suffix=suffix)
    data = encode_picture(picture, suffix, infotext=infotext or metadata, quality=quality, lossless=lossless)
    return PictureFile(data=data, suffix="png" if data.startswith(b"\x89PNG") else suffix)


def save(root: Path, form: str, parts: NameParts, picture: PictureFile, *, longest: int) -> str:
    """Write a picture under a free name; return its path from ``root``. Raises DiskFull, NotWritten."""
    place = place_for(root, form, parts, longest=longest)
    with telling("save a picture", REMEDY):
        place.parent.mkdir(parents=True, exist_ok=True)
        path = _claimed(place, picture.suffix)
        try:
            _write(path, picture.data)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path.relative_to(root).as_posix()


def _claimed(place: Path, suffix: str) -> Path:
    """Return a free name, taken by an empty file so that nobody else takes it."""
    for number in range(MOST_TRIES):
        path = place.with_name(f"{place.name}{f'-{number}' if number else ''}.{suffix}")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            continue
        return path
    return place.with_name(f"{place.name[:40]}-{secrets.token_hex(10)}.{suffix}")


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def address(user: str, path: str) -> str:
    """Return a saved picture's address for clients: not percent-encoded, without a leading slash."""
    return f"View/{user}/{path}"


def as_data_url(picture: PictureFile) -> str:
    """Return the picture itself as a data URL."""
    kind = {"jpg": "jpeg"}.get(picture.suffix, picture.suffix)
    return f"data:image/{kind};base64,{base64.b64encode(picture.data).decode('ascii')}"
