"""Prompt styles as the listing shows them."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.text.prompt.style_files import read_rows, style_files

WIDTH = 40


def list_styles(patterns: Sequence[str]) -> list[dict[str, str | None]]:
    """Rows in file order; with several files each begins with a divider that bears its name."""
    paths = style_files(patterns)
    rows: list[dict[str, str | None]] = []
    for path in paths:
        if len(paths) > 1:
            rows.append(_row(f" {path.stem.upper()} ".center(WIDTH, "-"), None, None))
        rows += [_row(s.name, s.prompt, s.negative_prompt) for s in read_rows(path)]
    return rows


def _row(name: str, prompt: str | None, negative_prompt: str | None) -> dict[str, str | None]:
    return {"name": name, "prompt": prompt, "negative_prompt": negative_prompt}
