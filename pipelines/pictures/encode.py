"""Encode pictures for answers and files, with their infotext inside."""

from __future__ import annotations

import codecs
import io
from collections.abc import Mapping

import piexif
from PIL import Image, PngImagePlugin

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.reading.byte_text import decode_comment, guess_text

FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "avif": "AVIF", "gif": "GIF"}
_SIDE_LIMITS = {"JPEG": 65535, "WEBP": 16383}
_JPEG_COMMENT = 65_400
"""Bytes of a user comment that fit into JPEG's one EXIF segment."""


def encode_picture(
    picture: Image.Image,
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
            f"Invalid image format: {extension!r}; choose one of {', '.join(FORMATS)}",
            field="options.samples_format",
        )
    if max(picture.size) > _SIDE_LIMITS.get(kind, 1 << 30):
        kind = "PNG"
    infotext = None if infotext is None else infotext.encode(errors="replace").decode()
    if kind == "PNG":
        return _png(picture, infotext, texts or {})
    if kind == "GIF":
        return _saved(picture, kind, comment=(infotext or "").encode("utf-8", "replace"))
    return _lossy(picture, kind, infotext, quality, lossless)


def _png(picture: Image.Image, infotext: str | None, texts: Mapping[str, str]) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    if infotext is not None:
        _add_text(chunks, "parameters", infotext)
    for key, value in texts.items():
        if key != "parameters" or infotext is None:
            _add_text(chunks, key, value)
    return _saved(picture, "PNG", pnginfo=chunks)


def _add_text(chunks: PngImagePlugin.PngInfo, key: str, text: str) -> None:
    """Latin-1 as tEXt, as A1111 writes it, unless a reader would take its bytes for another encoding."""
    key = key.encode("latin-1", "replace").replace(b"\0", b"?")[:79].decode("latin-1")
    text = text.encode("utf-8", "replace").decode("utf-8")
    try:
        plain = guess_text(text.encode("latin-1")) == text
    except UnicodeEncodeError:
        plain = False
    (chunks.add_text if plain else chunks.add_itxt)(key, text)


def _lossy(picture: Image.Image, kind: str, infotext: str | None, quality: int, lossless: bool) -> bytes:
    if picture.mode not in ("RGB", "L") and kind == "JPEG":
        picture = picture.convert("RGB")
    room = _JPEG_COMMENT if kind == "JPEG" else None
    options: dict[str, object] = {"quality": quality, "exif": user_comment(infotext or "", most=room)}
    if kind == "WEBP":
        options["lossless"] = lossless
    return _saved(picture, kind, **options)


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format=kind, **options)
    return buffer.getvalue()


def user_comment(text: str, *, most: int | None = None) -> bytes:
    """An EXIF block whose UserComment is ``text``, in at most ``most`` bytes.

    The layout is A1111's. Text that it would make ambiguous gets a byte order mark; text that is too long in
    UTF-16 is written in UTF-8, and cut if even that is too long.
    """
    comment = b"UNICODE\0" + text.encode("utf-16-be", "replace")
    if decode_comment(comment) != text:
        comment = b"UNICODE\0" + codecs.BOM_UTF16_BE + comment[8:]
    if most is not None and len(comment) > most:
        fitting = text.encode("utf-8", "replace")[: most - 11].decode("utf-8", "ignore")
        comment = b"UNICODE\0" + codecs.BOM_UTF8 + fitting.encode()
    return piexif.dump({"Exif": {piexif.ExifIFD.UserComment: comment}})
