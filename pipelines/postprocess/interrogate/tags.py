"""Probabilities of tags as a line of text, by A1111's options."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.contract.options import GenerationOptions

_ESCAPED = re.compile(r"([\\()])")


def tag_line(probabilities: Mapping[str, float], options: GenerationOptions) -> str:
    """Join the tags at or above the threshold, by name or probability, without ratings and filtered ones."""
    filtered = {tag.strip().replace(" ", "_") for tag in options.deepbooru_filter_tags.split(",")}
    kept = [
        (tag, p)
        for tag, p in probabilities.items()
        if p >= options.interrogate_deepbooru_score_threshold
        and not tag.startswith("rating:")
        and tag not in filtered
    ]
    kept.sort(key=(lambda item: item[0]) if options.deepbooru_sort_alpha else (lambda item: -item[1]))
    return ", ".join(_written(tag, p, options) for tag, p in kept)


def _written(tag: str, probability: float, options: GenerationOptions) -> str:
    if options.deepbooru_use_spaces:
        tag = tag.replace("_", " ")
    if options.deepbooru_escape:
        tag = _ESCAPED.sub(r"\\\1", tag)
    return f"({tag}:{probability:.3f})" if options.interrogate_return_ranks else tag
