"""Paths as clients write them, kept below the folder of one user's pictures."""

from __future__ import annotations

from pathlib import Path

from pipelines.plugin import InvalidRequest, place_below

STARRED = "Starred"
"""Folder of the copies of starred pictures."""
MOST_LETTERS, NAME_BYTES = 2000, 255
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".html", ".webm", ".mp4", ".mov"})
"""Endings of the files that are listed and shown."""


def relative(text: str) -> str:
    """A path with `/` between its parts and none at its ends. Raises InvalidRequest for one that leads up."""
    parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in text:
        raise InvalidRequest("the path leads out of the folder of pictures")
    if len(text) > MOST_LETTERS or any(len(part.encode("utf-8", "replace")) > NAME_BYTES for part in parts):
        raise InvalidRequest("the path is longer than any path here")
    return "/".join(parts)


def locate(root: Path, text: str) -> Path:
    """Resolve a path and its links below ``root``. Raises InvalidRequest where it leads elsewhere."""
    return place_below(relative(text), (root,), base=root, what="the path", field=None)


def is_hidden(path: str) -> bool:
    """True if a part of a path begins with a dot, as files that are being written do."""
    return any(part.startswith(".") for part in path.split("/"))


def starred_name(path: str, *, flat: bool) -> str:
    """Return the path of a starred picture's copy; ``flat`` drops the slashes, so that it has no folders."""
    return f"{STARRED}/{path.replace('/', '') if flat else path}"
