"""Read the infotext and other text metadata out of a picture."""

from __future__ import annotations

from typing import Any

from PIL import Image

from pipelines.pictures.novelai import novelai_infotext
from pipelines.pictures.reading.byte_text import guess_text
from pipelines.pictures.reading.exif import exif_block, user_comment_text
from pipelines.pictures.reading.stealth import hidden_items

IGNORED = frozenset(
    "jfif jfif_version jfif_unit jfif_density dpi exif loop background timestamp duration progressive "
    "progression icc_profile chromaticity photoshop".split()
)


def read_metadata(picture: Image.Image) -> tuple[str, dict[str, Any]]:
    """``(infotext, items)``: the generation parameters ("" if none) and the remaining text metadata.

    EXIF UserComment wins over the PNG chunk; without EXIF a ``comment`` (GIF) does. Where neither is,
    text hidden in the pixels counts. NovelAI's own metadata becomes an infotext.
    """
    items: dict[str, Any] = {str(key): value for key, value in picture.info.items()}
    infotext = _text(items.pop("parameters", None) or "")
    block = exif_block(picture.info)
    if block:
        comment = user_comment_text(block)
        if comment:
            items["exif comment"] = comment
            infotext = comment
    elif "comment" in items:
        infotext = _text(items["comment"])
    if not infotext and items.get("Software") != "NovelAI":
        items |= hidden_items(picture)
        infotext = str(items.pop("parameters", ""))
    kept = {k: _text(v) if isinstance(v, bytes) else v for k, v in items.items() if k not in IGNORED}
    return novelai_infotext(kept, picture.size) or infotext, kept


def _text(value: object) -> str:
    return guess_text(value) if isinstance(value, bytes) else str(value)
