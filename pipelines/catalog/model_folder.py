"""Where a model in transformers' layout lies: a folder with a ``config.json`` that says what it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.catalog.bounded import read_json


def find_model(places: Iterable[Path], kind: str) -> Path | None:
    """The first folder in or below these whose ``config.json`` says ``model_type`` is ``kind``."""
    for place in places:
        for config in (place / "config.json", *sorted(place.glob("*/config.json"))):
            if config.is_file() and _model_type(config) == kind:
                return config.parent
    return None


def _model_type(config: Path) -> str | None:
    try:
        content: Any = read_json(config)
    except (OSError, ValueError):
        return None
    return content.get("model_type") if isinstance(content, dict) else None
