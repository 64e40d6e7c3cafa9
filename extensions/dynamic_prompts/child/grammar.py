"""Templates of variants, wildcards and variables, as the package ``dynamicprompts`` reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

from dynamicprompts.constants import DEFAULT_RANDOM
from dynamicprompts.generators import CombinatorialPromptGenerator, RandomPromptGenerator
from dynamicprompts.parser.config import ParserConfig
from pyparsing import ParseBaseException

from extensions.dynamic_prompts.child.refusal import Refusal
from extensions.dynamic_prompts.child.wildcards import WatchedWildcards
from extensions.dynamic_prompts.task import TemplateTask

UNREADABLE = (ParseBaseException, ValueError, KeyError, AssertionError, NotImplementedError)
"""Errors of the package for texts that are not templates."""


@dataclass(slots=True, kw_only=True)
class GrammarReader:
    """Reads the templates of one task; texts that can't be read stay as they are, with a warning."""

    task: TemplateTask
    wildcards: WatchedWildcards
    warnings: list[str] = field(default_factory=list[str])

    def config(self) -> ParserConfig:
        """The signs of the grammar, which options may change."""
        task = self.task
        return ParserConfig(
            variant_start=task.variant_start,
            variant_end=task.variant_end,
            wildcard_wrap=task.wildcard_wrap,
        )

    def chosen(self, templates: Sequence[str], place: str) -> list[str]:
        """A text for each picture, by its seed.

        Equal templates are read once, as the package does it: what it draws ahead for one picture is there
        for the next.
        """
        if not any(templates):
            return list(templates)
        if self.task.frozen:
            return self._draw(templates[0], self.task.seeds[:1], place) * len(templates)
        if len(set(templates)) == 1:
            return self._draw(templates[0], self.task.seeds, place)
        pairs = zip(templates, self.task.seeds, strict=True)
        return [text for template, seed in pairs for text in self._draw(template, [seed], place)]

    def _draw(self, template: str, seeds: Sequence[int], place: str) -> list[str]:
        if not template:
            return [template] * len(seeds)
        generator = RandomPromptGenerator(
            self.wildcards,
            unlink_seed_from_prompt=self.task.chance is not None,
            ignore_whitespace=self.task.ignore_whitespace,
            parser_config=self.config(),
        )
        linked = None if self.task.chance is not None else list(seeds)
        try:
            return generator.generate(template, len(seeds), seeds=linked)
        except UNREADABLE as error:
            return self._as_it_is(template, place, error) * len(seeds)

    def sample(self, template: str, seed: int) -> str:
        """One text of a template."""
        return self._draw(template, [seed], "prompt")[0]

    def all_of(self, template: str, count: int | None, place: str) -> list[str]:
        """The texts that a template stands for, ``count`` at most."""
        if not template:
            return [template]
        generator = CombinatorialPromptGenerator(
            self.wildcards, ignore_whitespace=self.task.ignore_whitespace, parser_config=self.config()
        )
        most = self.task.most
        try:
            made = generator.generate(template, most + 1 if count is None else min(count, most + 1))
        except UNREADABLE as error:
            return self._as_it_is(template, place, error)
        if len(made) > most:
            raise Refusal(f"the template makes more than {most} prompts", "count")
        return made or [""]

    def combined(self) -> tuple[list[str], list[str]]:
        """Prompts and negative prompts of a combinatorial job: of all, each goes with each."""
        task = self.task
        if len(set(task.prompts)) > 1 or len(set(task.negative_prompts)) > 1:
            self.warnings.append("pictures have prompts of their own; combinations are those of the first")
        prompts: list[str] = []
        negatives: list[str] = []
        for _ in range(task.batches):
            ours = self.all_of(task.prompts[0], task.count, "prompt")
            others = self.all_of(task.negative_prompts[0], task.count, "negative_prompt")
            if len(prompts) + len(ours) * (len(others) if task.count is None else 1) > task.most:
                raise Refusal(f"the templates make more than {task.most} prompts", "count")
            if task.count is None:
                pairs = list(product(ours, others))
            else:
                pairs = [(text, others[i % len(others)]) for i, text in enumerate(ours)]
            prompts += [one for one, _ in pairs]
            negatives += [other for _, other in pairs]
        return prompts, negatives

    def _as_it_is(self, template: str, place: str, error: Exception) -> list[str]:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        self.warnings.append(f"{place}: used as it is, it can't be read as a template: {reason}")
        return [template]


def seed_chance(task: TemplateTask) -> None:
    """Start what unlinked choices are drawn from."""
    if task.chance is not None:
        DEFAULT_RANDOM.seed(task.chance)
