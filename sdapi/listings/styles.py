"""Style files as this server reads them: one that is damaged is told of in the log and skipped."""

from __future__ import annotations

import csv
import glob
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.contract.requests import Style
from pipelines.text.prompt.style_files import read_style_file

log = logging.getLogger(__name__)


def style_files(patterns: Iterable[str]) -> list[Path]:
    """The files that the patterns stand for, in order."""
    return [Path(name) for pattern in patterns for name in sorted(glob.glob(pattern))]


def read_rows(path: Path) -> Sequence[Style]:
    """The styles of one file; none if it can't be read."""
    try:
        return read_style_file(path)
    except (OSError, ValueError, csv.Error) as error:
        log.warning("styles file %s can't be read: %s", path, error)
        return ()


def load_styles(patterns: Iterable[str]) -> dict[str, Style]:
    """Every style by its name; of equal names the last one wins."""
    return {style.name: style for path in style_files(patterns) for style in read_rows(path)}
