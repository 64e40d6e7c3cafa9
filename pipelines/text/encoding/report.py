"""Infotext pairs and warnings about the encoding of prompts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.contract.options import GenerationOptions
from pipelines.text.encoding.emphasis_modes import is_known_mode
from pipelines.text.encoding.encoded import EncodedTexts
from pipelines.text.prompt.composition import split_parts
from pipelines.text.prompt.schedule import prompt_schedule
from pipelines.text.prompt.schedule_nodes import StepRule

TI_HASHES = "TI hashes"
"""The infotext key of ``name: hash`` of the textual inversions that were used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingReport:
    """``pairs``: infotext pairs in A1111's order. ``embeddings``: names of the textual inversions used.

    ``warnings``: lines about wishes that had no effect.
    """

    pairs: dict[str, str | bool] = field(default_factory=dict[str, "str | bool"])
    embeddings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def report_of(
    texts: Sequence[str],
    encodings: Sequence[EncodedTexts],
    rules: tuple[StepRule, StepRule],
    options: GenerationOptions,
    *,
    weighted: bool,
    unfit: Sequence[str] = (),
) -> EncodingReport:
    """Collect the pairs ``TI hashes``, ``Emphasis`` and ``Old prompt editing timelines``.

    ``texts`` are prompts and negative prompts; ``encodings`` come in the order in which they were made, the
    negative prompts' first; ``rules``: how numbers in schedules are read, and how they would be by default;
    ``weighted``: whether a text that was encoded has brackets.
    ``unfit``: names of textual inversions that the model can't use.
    """
    # Each encoder of each prompt adds its hashes before those that are there.
    groups = [group for texts in encodings for group in texts.used if group]
    used = [embedding for group in reversed(groups) for embedding in group]
    hashes = [f"{embedding.name}: {embedding.short_hash}" for embedding in used if embedding.short_hash]
    pairs: dict[str, str | bool] = {}
    if hashes and options.textual_inversion_add_hashes_to_infotext:
        pairs[TI_HASHES] = ", ".join(hashes)
    if options.emphasis != "Original" and weighted:
        pairs["Emphasis"] = options.emphasis
    if options.use_old_scheduling and any(_reads_differently(text, rules) for text in set(texts)):
        pairs["Old prompt editing timelines"] = True
    return EncodingReport(
        pairs=pairs,
        embeddings=tuple(dict.fromkeys(e.name for e in used)),
        warnings=(*_warnings(options), *_unfit(texts, unfit)),
    )


def _warnings(options: GenerationOptions) -> tuple[str, ...]:
    if is_known_mode(options.emphasis):
        return ()
    return (f"emphasis: {options.emphasis!r} is no mode, Original is used",)


def _unfit(texts: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    text = " ".join(texts).lower()
    named = [name for name in names if re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", text)]
    if not named:
        return ()
    what = "its name was read as words: it was made for another kind of checkpoint"
    return (f"{len(named)} textual inversions had no effect, e.g. {named[0]}; {what}",)


def _reads_differently(prompt: str, rules: tuple[StepRule, StepRule]) -> bool:
    used, default = rules
    return any(
        prompt_schedule(part.text, used) != prompt_schedule(part.text, default)
        for part in split_parts(prompt)
    )
