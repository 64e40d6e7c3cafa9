"""From a task to the prompts of every picture."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace

from extensions.dynamic_prompts.child.grammar import GrammarReader, seed_chance
from extensions.dynamic_prompts.child.jinja import JinjaReader
from extensions.dynamic_prompts.child.wildcards import WatchedWildcards
from extensions.dynamic_prompts.task import TemplateTask, WorkedOut


def expand(task: TemplateTask) -> WorkedOut:
    """Work a task out. Raises Refusal, RecursionError, MemoryError."""
    wildcards = WatchedWildcards(task)
    reader = GrammarReader(task=task, wildcards=wildcards)
    seed_chance(task)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", UserWarning)
        made = _texts(reader)
    told = [*reader.warnings, *(str(one.message) for one in heard if one.category is UserWarning)]
    missing = [f"there is no wildcard {name!a}" for name in wildcards.missing]
    return replace(made, warnings=tuple(dict.fromkeys((*told, *missing))))


def _texts(reader: GrammarReader) -> WorkedOut:
    task = reader.task
    if task.way == "random":
        return WorkedOut(
            prompts=reader.chosen(task.prompts, "prompt"),
            negative_prompts=reader.chosen(task.negative_prompts, "negative_prompt"),
            hires_prompts=reader.chosen(task.hires_prompts, "hires.prompt"),
            hires_negative_prompts=reader.chosen(task.hires_negative_prompts, "hires.negative_prompt"),
        )
    if task.way == "combinatorial":
        prompts, negatives = reader.combined()
    else:
        renderer = JinjaReader(reader=reader)
        prompts = renderer.rendered(task.prompts[0], "prompt")
        negatives = renderer.rendered(task.negative_prompts[0], "negative_prompt")
    return WorkedOut(
        prompts=prompts,
        negative_prompts=_repeated(negatives, len(prompts)),
        hires_prompts=_repeated(task.hires_prompts, len(prompts)),
        hires_negative_prompts=_repeated(task.hires_negative_prompts, len(prompts)),
    )


def _repeated(texts: Sequence[str], count: int) -> list[str]:
    """As many texts as there are prompts, from the start again where they end."""
    return [texts[index % len(texts)] for index in range(count)] if texts else []
