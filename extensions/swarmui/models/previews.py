"""Pictures that lie beside weight files and show what they make."""

from __future__ import annotations

from pathlib import Path

ENDINGS = (".preview.png", ".png", ".jpg", ".jpeg", ".webp", ".preview.jpg", ".preview.jpeg", ".preview.webp")


def preview_of(path: Path | None) -> Path | None:
    """The picture of a weight file; None without one."""
    if path is None:
        return None
    found = (path.with_suffix(ending) for ending in ENDINGS)
    return next((file for file in found if file.is_file()), None)
