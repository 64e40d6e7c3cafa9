"""Clean a text as the tokenizers of CLIP and OpenCLIP do before they split it (spec 2.8)."""

from __future__ import annotations

import html
import re

import ftfy

_SPACES = re.compile(r"\s+")


def clean_clip(text: str) -> str:
    """Repair the encoding, collapse white space, lower-case."""
    return _collapse(_repair(text)).lower()


def clean_open_clip(text: str) -> str:
    """As ``clean_clip``, and resolve HTML entities twice."""
    return _collapse(html.unescape(html.unescape(_repair(text)))).lower()


def _repair(text: str) -> str:
    if text.isascii() and text.isprintable() and "&" not in text:
        return text
    # Lone surrogates can't be encoded; upstream would fail on them.
    return ftfy.fix_text(text.encode("utf-8", "replace").decode("utf-8"))


def _collapse(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
