"""Spellings that clients use for a value: nothing, lists, JSON in a form's text, names in any letter case."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

ABSENT = frozenset({"", "none", "null"})
"""Texts of form fields that mean that no value was given."""
NO_PICTURE = ABSENT | {"string"}
"""The same for pictures; ``string`` is what Swagger fills in."""
AS_WRITTEN = frozenset({"prompt", "negative_prompt", "inpaint_additional_prompt"})
"""Fields in which a text such as ``none`` is meant literally."""


def listed(value: object) -> list[Any]:
    """A list as JSON, as its text, as text with commas, or as repeated fields of any of these."""
    if isinstance(value, str):
        return _listed_text(value)
    if isinstance(value, list):
        items: list[object] = value
        return [part for item in items for part in (_parts(item) if isinstance(item, str) else [item])]
    return [value]


def _parts(text: str) -> list[Any]:
    """A repeated field; names hold no commas."""
    return _listed_text(text) if "," in text or text.strip().startswith("[") else [text]


def _listed_text(text: str) -> list[Any]:
    if text.strip().startswith("["):
        found = parsed(text)
        if isinstance(found, list):
            return found  # pyright: ignore[reportUnknownVariableType]
    return [part.strip() for part in text.split(",") if part.strip()]


def parsed(text: str) -> object:
    """The value of a form's JSON text; None if it isn't JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def choice(value: object, names: Iterable[str]) -> str | None:
    """The name that a text means, letter case, hyphens and blanks aside; None if it is none of them."""
    wanted = plain(str(value))
    return next((name for name in names if plain(name) == wanted), None)


def plain(text: str) -> str:
    """A name in lower case without blanks, hyphens and underscores."""
    return "".join(c for c in text.casefold() if c not in " -_")
