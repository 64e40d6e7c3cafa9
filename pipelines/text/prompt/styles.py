"""Expand a prompt with style texts (spec 2.2)."""

from __future__ import annotations

from collections.abc import Iterable

_PLACEHOLDER = "{prompt}"


def apply_styles(prompt: str, texts: Iterable[str]) -> str:
    """Apply style texts one after another; an unknown style is an empty text and still trims the prompt."""
    for text in texts:
        prompt = _apply_style(prompt, text)
    return prompt


def _apply_style(prompt: str, text: str) -> str:
    if _PLACEHOLDER in text:
        return text.replace(_PLACEHOLDER, prompt)
    return ", ".join(part for part in (prompt.strip(), text.strip()) if part)
