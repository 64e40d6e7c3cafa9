"""ListImages: folders and pictures below a path, in order, as many as are shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extensions.swarmui.history.index import Indexed, PictureIndex
from extensions.swarmui.history.metadata import with_star
from extensions.swarmui.history.places import STARRED, is_hidden, locate, relative, starred_name
from pipelines.plugin import InvalidRequest

SORTS = ("name", "date")
DEEPEST = 32
MOST_FOLDERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingWish:
    """Wishes of one ListImages request.

    ``rising``: oldest first, or from A on. ``flat_stars``: copies of starred pictures are in one folder.
    """

    path: str
    depth: int
    sort: str = "name"
    rising: bool = False
    most: int = 1000
    flat_stars: bool = False


def list_pictures(root: Path, wish: ListingWish, index: PictureIndex) -> dict[str, Any]:
    """List folders down to the depth, and the files of those above it. Raises InvalidRequest."""
    if wish.sort.lower() not in SORTS:
        raise InvalidRequest(f"Invalid sort mode '{wish.sort[:60]}'.")
    base = locate(root, wish.path)
    if is_hidden(relative(wish.path)):
        raise InvalidRequest("404, path not found.")
    if not base.is_dir():
        return {"folders": [], "files": []}
    folders = list(_folders(base, max(wish.depth, 0)))
    chosen = _chosen(base, ["", *(f for f in folders if f.count("/") < wish.depth - 1)], wish, index)
    names = sorted((f for f in folders if f.count("/") < wish.depth), reverse=not wish.rising)
    return {"folders": names, "files": _described(root, base, chosen, index, flat=wish.flat_stars)}


def _folders(base: Path, depth: int) -> Iterator[str]:
    """Folders below, down to ``depth`` levels, by their paths from ``base``; links lead nowhere."""
    waiting, count = [""], 0
    while waiting and count < MOST_FOLDERS:
        here = waiting.pop()
        try:
            with os.scandir(base / here) as entries:
                names = [e.name for e in entries if e.is_dir(follow_symlinks=False) and e.name[:1] != "."]
        except OSError:
            continue
        for name in names:
            path = f"{here}/{name}" if here else name
            count += 1
            yield path
            if path.count("/") + 1 < min(depth, DEEPEST):
                waiting.append(path)


def _chosen(
    base: Path, folders: list[str], wish: ListingWish, index: PictureIndex
) -> list[tuple[str, Indexed]]:
    """The first pictures of all folders together, by their paths from ``base``."""
    by_date = wish.sort.lower() == "date"
    found = [
        (f"{folder}/{item.name}" if folder else item.name, item)
        for folder in folders
        for item in index.pictures(base / folder, by_date=by_date, rising=wish.rising, most=wish.most)
    ]
    found.sort(key=_by_date if by_date else _by_name, reverse=not wish.rising)
    return found[: wish.most]


def _by_date(pair: tuple[str, Indexed]) -> tuple[int, str]:
    return pair[1].changed, pair[0]


def _by_name(pair: tuple[str, Indexed]) -> str:
    return pair[0]


def _described(
    root: Path, base: Path, chosen: list[tuple[str, Indexed]], index: PictureIndex, *, flat: bool
) -> list[dict[str, Any]]:
    """Describe pictures for clients; a starred one is left out where its copy is listed."""
    texts = {f"{item.folder}/{item.name}": text for item, text in index.metadata([i for _, i in chosen])}
    place = root.resolve()
    listed: list[dict[str, Any]] = []
    whole = {name: Path(item.folder, item.name).relative_to(place).as_posix() for name, item in chosen}
    copies = {path for path in whole.values() if path.startswith(f"{STARRED}/")}
    for name, item in chosen:
        key, path = f"{item.folder}/{item.name}", whole[name]
        copy = starred_name(path, flat=flat)
        if key not in texts or copy in copies:
            continue
        starred = path in copies or (place / copy).is_file()
        listed.append({"src": name, "metadata": with_star(texts[key]) if starred else texts[key]})
    return listed
