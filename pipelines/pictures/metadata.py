"""Read the infotext and other text metadata out of a picture."""

from __future__ import annotations

from typing import Any

import piexif
import piexif.helper
from PIL import Image, ImageOps

IGNORED = frozenset(
    "jfif jfif_version jfif_unit jfif_density dpi exif loop background timestamp duration progressive "
    "progression icc_profile chromaticity photoshop".split()
)


def read_metadata(image: Image.Image) -> tuple[str, dict[str, Any]]:
    """``(infotext, items)``: the generation parameters ("" if none) and the remaining text metadata.

    EXIF UserComment wins over the PNG chunk; without EXIF a ``comment`` (GIF) does.
    """
    items: dict[str, Any] = {str(key): value for key, value in image.info.items()}
    infotext = str(items.pop("parameters", "") or "")
    exif = items.get("exif")
    if isinstance(exif, bytes):
        comment = _exif_comment(exif)
        if comment:
            items["exif comment"] = comment
            infotext = comment
    elif "comment" in items:
        infotext = _text(items["comment"])
    kept = {k: _text(v) if isinstance(v, bytes) else v for k, v in items.items() if k not in IGNORED}
    return infotext, kept


def _text(value: object) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)


def _exif_comment(exif: bytes) -> str:
    try:
        raw: bytes = (piexif.load(exif).get("Exif") or {}).get(piexif.ExifIFD.UserComment, b"")
    except (ValueError, piexif.InvalidImageDataError, OSError):
        return ""
    try:
        return piexif.helper.UserComment.load(raw) if raw else ""
    except ValueError:
        return raw.decode("utf-8", errors="ignore")


def orient(image: Image.Image) -> Image.Image:
    """Apply EXIF orientation; RGB and palette pictures with byte transparency become RGBA."""
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGB", "P") and isinstance(turned.info.get("transparency"), bytes):
        turned = turned.convert("RGBA")
    return turned
