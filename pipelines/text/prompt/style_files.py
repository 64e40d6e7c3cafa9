"""Read style files: CSV with the columns name, prompt, negative_prompt (spec 2.2)."""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterable
from pathlib import Path

from pipelines.contract.requests import Style


def read_styles(patterns: Iterable[str]) -> dict[str, Style]:
    """Return all styles of the files that match, in order; of equal names the last one wins."""
    paths = [Path(name) for pattern in patterns for name in sorted(glob.glob(pattern))]
    return {style.name: style for path in paths for style in read_style_file(path)}


def read_style_file(path: Path) -> list[Style]:
    """Return the rows of one file, comments left out. Old files name the prompt column ``text``."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, skipinitialspace=True)
        return [_style(row) for row in rows if row.get("name") and not row["name"].startswith("#")]


def _style(row: dict[str, str]) -> Style:
    prompt = row.get("prompt") if "prompt" in row else row.get("text")
    return Style(name=row["name"], prompt=prompt or "", negative_prompt=row.get("negative_prompt") or "")
