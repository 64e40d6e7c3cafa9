"""Encode pictures for answers and files, with their infotext inside."""

from __future__ import annotations

import io
from collections.abc import Mapping

import piexif
import piexif.helper
from PIL import Image, PngImagePlugin

from pipelines.contract.errors import InvalidRequest

FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "avif": "AVIF", "gif": "GIF"}
_EXIF_FORMATS = ("JPEG", "WEBP", "AVIF")
_SIDE_LIMITS = {"JPEG": 65535, "WEBP": 16383}


def encode_image(
    image: Image.Image,
    extension: str,
    *,
    infotext: str | None = None,
    texts: Mapping[str, str] | None = None,
    quality: int = 80,
    lossless: bool = False,
) -> bytes:
    """Encode as ``extension`` (png, jpg, jpeg, webp, avif, gif), case-insensitive.

    PNG carries ``infotext`` as the text chunk ``parameters`` and ``texts`` as further chunks; JPEG, WebP
    and AVIF carry it as EXIF UserComment (UTF-16BE). Lone surrogates in it become ``?``. A picture too
    large for JPEG or WebP becomes PNG.
    Raises InvalidRequest for another extension.
    """
    kind = FORMATS.get(extension.lower())
    if kind is None:
        raise InvalidRequest(
            f"Invalid image format: {extension!r}; choose one of {', '.join(FORMATS)}", field="samples_format"
        )
    if max(image.size) > _SIDE_LIMITS.get(kind, 1 << 30):
        kind = "PNG"
    infotext = None if infotext is None else infotext.encode(errors="replace").decode()
    if kind == "PNG":
        return _png(image, infotext, texts or {})
    if kind == "GIF":
        return _saved(image, kind, comment=(infotext or "").encode())
    return _lossy(image, kind, infotext, quality, lossless)


def _png(image: Image.Image, infotext: str | None, texts: Mapping[str, str]) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    if infotext is not None:
        chunks.add_text("parameters", infotext)
    for key, value in texts.items():
        if key != "parameters" or infotext is None:
            chunks.add_text(key, value)
    return _saved(image, "PNG", pnginfo=chunks)


def _lossy(image: Image.Image, kind: str, infotext: str | None, quality: int, lossless: bool) -> bytes:
    if image.mode in ("RGBA", "P") and kind == "JPEG":
        image = image.convert("RGB")
    options: dict[str, object] = {"quality": quality, "exif": user_comment(infotext or "")}
    if kind == "WEBP":
        options["lossless"] = lossless
    return _saved(image, kind, **options)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def user_comment(text: str) -> bytes:
    """An EXIF block whose UserComment is ``text``."""
    comment = piexif.helper.UserComment.dump(text, encoding="unicode")
    return piexif.dump({"Exif": {piexif.ExifIFD.UserComment: comment}})


def file_extension(encoded: bytes) -> str:
    """The usual file extension of an encoded picture, without a dot."""
    with Image.open(io.BytesIO(encoded)) as image:
        kind = image.format or "PNG"
    return {"JPEG": "jpg"}.get(kind, kind.lower())
