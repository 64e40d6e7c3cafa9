"""Style names to style texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.contract.requests import Style
from pipelines.text.prompt.style_files import read_styles


def resolve_styles(names: Iterable[str] | None, patterns: Sequence[str]) -> tuple[Style, ...]:
    """Texts of the named styles in order; an unknown name has empty texts, as in A1111."""
    wanted = tuple(names or ())
    if not wanted:
        return ()
    known = read_styles(patterns)
    return tuple(known.get(name, Style(name=name)) for name in wanted)


def unknown_styles(styles: Iterable[Style]) -> tuple[str, ...]:
    """A warning for every style without any text."""
    return tuple(
        f"styles: {s.name!a} is not a known style" for s in styles if not (s.prompt or s.negative_prompt)
    )
