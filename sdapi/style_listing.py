"""Prompt styles as the listing shows them."""

from __future__ import annotations

import glob
import logging
from collections.abc import Sequence
from pathlib import Path

from pipelines.prompt.style_files import read_style_file

log = logging.getLogger(__name__)

WIDTH = 40


def list_styles(patterns: Sequence[str]) -> list[dict[str, str | None]]:
    """Rows in file order; with several files each begins with a divider that bears its name."""
    paths = [Path(name) for pattern in patterns for name in sorted(glob.glob(pattern))]
    rows: list[dict[str, str | None]] = []
    for path in paths:
        if len(paths) > 1:
            rows.append(_row(f" {path.stem.upper()} ".center(WIDTH, "-"), None, None))
        rows += _rows(path)
    return rows


def _rows(path: Path) -> list[dict[str, str | None]]:
    try:
        return [_row(s.name, s.prompt, s.negative_prompt) for s in read_style_file(path)]
    except (OSError, ValueError, KeyError) as error:
        log.warning("styles file %s can't be read: %s", path, error)
        return []


def _row(name: str, prompt: str | None, negative_prompt: str | None) -> dict[str, str | None]:
    return {"name": name, "prompt": prompt, "negative_prompt": negative_prompt}
