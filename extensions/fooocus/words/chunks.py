"""From the words of a request to the chunks of one picture, and from chunks to a prompt of ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from extensions.fooocus.kinds import FooocusPicture
from extensions.fooocus.words.expansion import added_words
from extensions.fooocus.words.styles import EXPANSION, MARK, PromptStyle, selected
from extensions.fooocus.words.wildcards import Wildcards, expanded

JOIN = " BREAK "
"""Chunks are encoded one by one and joined, as A1111's word does it."""
_GRAMMAR = re.compile(r"\b(AND|BREAK)\b")
_BRACKET = re.compile(r"(?<!\\)([\[\]])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a request: lines, styles by name, and the files of wildcards."""

    lines: tuple[str, ...]
    negative_lines: tuple[str, ...]
    names: tuple[str, ...]
    styles: dict[str, PromptStyle]
    wildcards: Wildcards
    in_order: bool = False


def picture_of(words: Words, index: int, seed: int) -> FooocusPicture:
    """The texts of picture ``index``."""
    random = Random(seed)

    def settled(line: str) -> str:
        return words.wildcards.applied(expanded(line, index), random, index, in_order=words.in_order)

    prompt, *extra = map(settled, words.lines)
    negative, *extra_negative = map(settled, words.negative_lines)
    names = [name for name in words.names if name != EXPANSION]
    styles = selected(names, words.styles, random)
    return FooocusPicture(
        seed=seed,
        prompt=prompt,
        negative_prompt=negative,
        positive=tuple(positive_chunks(prompt, extra, styles)),
        negative=tuple(negative_chunks(negative, extra_negative, styles)),
        expansion=added_words(prompt, seed) if EXPANSION in words.names else "",
        styles=tuple(style.name for style in styles),
    )


def positive_chunks(prompt: str, extra: Sequence[str], styles: Sequence[PromptStyle]) -> list[str]:
    """Those of the styles in order; the prompt first where no style holds it; further lines last."""
    chunks = [
        line.replace(MARK, prompt).strip(" ,") for style in styles for line in style.positive.splitlines()
    ]
    if not any(MARK in style.positive for style in styles):
        chunks.insert(0, prompt)
    return [chunk for chunk in (*chunks, *extra) if chunk] or [prompt]


def negative_chunks(negative: str, extra: Sequence[str], styles: Sequence[PromptStyle]) -> list[str]:
    """Those of the styles, then the user's."""
    chunks = [line.strip() for style in styles for line in style.negative.splitlines()]
    return [chunk for chunk in (*chunks, negative, *extra) if chunk] or [""]


def joined(chunks: Sequence[str]) -> str:
    """A prompt in the core's grammar; what would be grammar there and isn't here is made plain."""
    return JOIN.join(plain_words(chunk) for chunk in chunks if chunk)


def plain_words(chunk: str) -> str:
    """The same words without composition, schedules and alternatives; ``(word:1.2)`` stays."""
    lower = _GRAMMAR.sub(lambda match: match[1].lower(), chunk)
    return _BRACKET.sub(r"\\\1", lower.replace("<", "‹").replace(">", "›"))
