"""The models that describe pictures, and the names that clients and scripts ask for them by."""

from __future__ import annotations

CLIP, TAGS = "clip", "deepdanbooru"
NAMES = {CLIP: CLIP, TAGS: TAGS, "deepbooru": TAGS}


def caption_model(name: str) -> str | None:
    """Return the model that a name means, letter case and white space aside; None for an unknown name."""
    return NAMES.get(name.strip().lower())
