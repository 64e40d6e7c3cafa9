"""Style names to style texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.contract.requests import Style
from pipelines.text.prompt.style_files import read_styles


def resolve_styles(names: Iterable[str | Style], patterns: Sequence[str]) -> tuple[Style, ...]:
    """Texts of the named styles, and texts as given; an unknown name has empty texts, as in A1111."""
    wanted = tuple(names)
    known = read_styles(patterns) if any(isinstance(style, str) for style in wanted) else {}
    return tuple(known.get(style, Style(name=style)) if isinstance(style, str) else style for style in wanted)


def unknown_styles(styles: Iterable[Style]) -> tuple[str, ...]:
    """A warning for every style without any text."""
    return tuple(
        f"styles: {s.name!a} is not a known style" for s in styles if not (s.prompt or s.negative_prompt)
    )
