"""Folders in transformers' layout: which kind of network each holds, by its ``config.json``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipelines.catalog.bounded import read_json


def folders_of_kind(places: Iterable[Path], kind: str) -> Iterator[Path]:
    """The folders in or below these whose ``config.json`` says ``model_type`` is ``kind``."""
    for place in places:
        for config in (place / "config.json", *sorted(place.glob("*/config.json"))):
            if config.is_file() and model_type(config) == kind:
                yield config.parent


def model_type(config: Path) -> str | None:
    """What a ``config.json`` says; None where it can't be read."""
    try:
        content: Any = read_json(config)
    except (OSError, ValueError):
        return None
    return content.get("model_type") if isinstance(content, dict) else None
