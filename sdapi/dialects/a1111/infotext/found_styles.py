"""Recognise styles in finished prompts and take their texts out again."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.contract.requests import Style


def remove_style(text: str, prompt: str) -> str | None:
    """The prompt without a style's text, or None if the style isn't in it.

    A style with ``{prompt}`` must surround the prompt; any other must stand at its end.
    """
    text, prompt = text.strip(), prompt.strip()
    if "{prompt}" in text:
        left, _, right = text.partition("{prompt}")
        if len(prompt) >= len(left) + len(right) and prompt.startswith(left) and prompt.endswith(right):
            return prompt[len(left) : len(prompt) - len(right)]
        return None
    if not prompt.endswith(text):
        return None
    return prompt[: len(prompt) - len(text)].removesuffix(", ")


def find_styles(prompts: tuple[str, str], styles: Iterable[Style]) -> tuple[list[str], tuple[str, str]]:
    """Names of the styles in a prompt and its negative, in the order of application, and the rest of both."""
    known = [style for style in styles if style.prompt or style.negative_prompt]
    found: list[str] = []
    while (hit := _first_match(prompts, known)) is not None:
        style, prompts = hit
        found.insert(0, style.name)
        known.remove(style)
    return found, prompts


def _first_match(prompts: tuple[str, str], styles: Iterable[Style]) -> tuple[Style, tuple[str, str]] | None:
    for style in styles:
        left = remove_style(style.prompt, prompts[0])
        negative = remove_style(style.negative_prompt, prompts[1])
        if left is not None and negative is not None:
            return style, (left, negative)
    return None
