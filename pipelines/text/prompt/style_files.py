"""Read style files: CSV with the columns name, prompt, negative_prompt (spec 2.2)."""

from __future__ import annotations

import csv
import glob
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.contract.requests import Style

log = logging.getLogger(__name__)

MAX_BYTES = 16 << 20


def read_styles(patterns: Iterable[str]) -> dict[str, Style]:
    """Return all styles of the files that match, in order; of equal names the last one wins."""
    return {style.name: style for path in style_files(patterns) for style in read_rows(path)}


def style_files(patterns: Iterable[str]) -> list[Path]:
    """Return the files that the patterns match, in order."""
    found = (Path(name) for pattern in patterns for name in sorted(glob.glob(pattern)))
    return [path for path in found if path.is_file()]


def read_rows(path: Path) -> Sequence[Style]:
    """Return the styles of one file; none, with a line in the log, if it can't be read."""
    try:
        return read_style_file(path)
    except (OSError, ValueError, csv.Error) as error:
        log.warning("styles file %s can't be read: %s", path, error)
        return ()


def read_style_file(path: Path) -> list[Style]:
    """Return the rows of one file, comments left out. Old files name the prompt column ``text``.

    Raises OSError, ValueError, csv.Error.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES >> 20} MiB")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, skipinitialspace=True)
        return [_style(row) for row in rows if row.get("name") and not row["name"].startswith("#")]


def _style(row: dict[str, str]) -> Style:
    prompt = row.get("prompt") if "prompt" in row else row.get("text")
    return Style(name=row["name"], prompt=prompt or "", negative_prompt=row.get("negative_prompt") or "")
