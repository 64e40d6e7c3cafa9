"""Star and delete pictures, with the files that belong to them."""

from __future__ import annotations

import shutil
from pathlib import Path

from extensions.swarmui.history.places import STARRED, is_hidden, locate, relative, starred_name
from pipelines.plugin import InvalidRequest, telling

SIDES = (".txt", ".metadata.js", ".swarm.json", ".swarmpreview.jpg", ".swarmpreview.webp")
"""Endings of files that belong to the picture of the same stem."""
REMEDY = "see to the folder of pictures"


def find_picture(root: Path, path: str, verb: str) -> Path:
    """Return the file of a path. Raises InvalidRequest, which names the ``verb``, where there is none."""
    name = relative(path)
    file = locate(root, name)
    if not name or is_hidden(name) or not file.is_file():
        raise InvalidRequest(f"That file does not exist, cannot {verb}.")
    return file


def delete_picture(root: Path, path: str) -> None:
    """Remove a picture and what belongs to it. Raises InvalidRequest, NotWritten."""
    file = find_picture(root, path, "delete")
    with telling("delete a picture", REMEDY):
        file.unlink()
        for side in SIDES:
            file.with_suffix(side).unlink(missing_ok=True)


def toggle_star(root: Path, path: str, *, flat: bool) -> bool:
    """Copy a picture to the starred ones, or remove the copy; return True if it is starred now."""
    name = relative(path).removeprefix(f"{STARRED}/")
    copy = locate(root, starred_name(name, flat=flat))
    with telling("star a picture", REMEDY):
        if copy.is_file():
            return _unstar(root, name, copy)
        original = find_picture(root, name, "star")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(original, copy)
        for side in SIDES:
            if original.with_suffix(side).is_file():
                shutil.copy2(original.with_suffix(side), copy.with_suffix(side))
    return True


def _unstar(root: Path, name: str, copy: Path) -> bool:
    """Remove the copy; where the original is gone, it takes its place again."""
    original = locate(root, name)
    if not original.exists():
        original.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(copy, original)
    else:
        copy.unlink()
    for side in SIDES:
        copy.with_suffix(side).unlink(missing_ok=True)
    return False
