"""Folders in transformers' layout, by the kind of network that their ``config.json`` names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipelines.catalog.bounded import read_json


def folders_of_kind(places: Iterable[Path], kind: str) -> Iterator[Path]:
    """Yield these folders, and those in them, whose ``config.json`` has ``kind`` as its ``model_type``."""
    for place in places:
        for config in (place / "config.json", *sorted(place.glob("*/config.json"))):
            if config.is_file() and model_type(config) == kind:
                yield config.parent


def find_model(places: Iterable[Path], kind: str) -> Path | None:
    """Return the first folder of ``folders_of_kind``, or None."""
    return next(folders_of_kind(places, kind), None)


def model_type(config: Path) -> str | None:
    """Return the ``model_type`` of a ``config.json``; None if it has none or can't be read."""
    try:
        content: Any = read_json(config)
    except (OSError, ValueError):
        return None
    return content.get("model_type") if isinstance(content, dict) else None
