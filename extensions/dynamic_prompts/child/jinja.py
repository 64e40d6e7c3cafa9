"""Jinja templates, in a sandbox that knows a handful of functions and no objects of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from random import Random
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.nodes import CallBlock, Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from extensions.dynamic_prompts.child.grammar import GrammarReader
from extensions.dynamic_prompts.child.refusal import Refusal

BLOCKS = "prompt_blocks"
HARMS = (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError)
"""Errors that mistakes in a template raise while it is rendered."""


class PromptBlocks(Extension):
    """The tag ``{% prompt %}``: what stands in it is a prompt of its own."""

    tags = {"prompt"}  # noqa: RUF012

    def parse(self, parser: Parser) -> Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endprompt",), drop_needle=True)
        return CallBlock(self.call_method("_note"), [], [], body).set_lineno(line)

    def _note(self, caller: Callable[[], str]) -> str:
        text = caller()
        noted: list[str] = getattr(self.environment, BLOCKS)
        noted.append(text)
        return text


@dataclass(slots=True, kw_only=True)
class JinjaReader:
    """Renders templates once for each picture; choices come from the picture's seed."""

    reader: GrammarReader
    random: Random = field(default_factory=Random)

    def rendered(self, template: str, place: str) -> list[str]:
        """The prompts of all pictures; a template with prompt blocks may make more than one of each."""
        if not template:
            return [template]
        task = self.reader.task
        blocks: list[str] = []
        environment = ImmutableSandboxedEnvironment(extensions=[PromptBlocks])
        environment.extend(**{BLOCKS: blocks})
        texts: list[str] = []
        try:
            made = environment.from_string(template, globals=self._functions())
            for seed in task.seeds:
                self.random.seed(seed if task.chance is None else f"{task.chance} {len(texts)}")
                texts.append(made.render(**task.context))
                if len(blocks) > task.most:
                    raise Refusal(f"the template makes more than {task.most} prompts", place)
        except TemplateSyntaxError as error:
            raise Refusal(f"line {error.lineno} of the template: {error.message}", place) from error
        except HARMS as error:
            raise Refusal(f"the template fails: {error}"[:300], place) from error
        texts = blocks or texts
        texts = texts[: len(task.seeds)] if task.limit_jinja else texts
        return [" ".join(text.split()) for text in texts] if task.ignore_whitespace else texts

    def _functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "choice": lambda *items: self.random.choice(items),
            "weighted_choice": self._weighted,
            "random": self._unit,
            "randint": self._whole,
            "permutations": _permutations,
            "wildcard": self._wildcard,
            "random_sample": self._sample,
            "all_combinations": self._combinations,
        }

    def _unit(self) -> float:
        return self.random.random()

    def _whole(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def _weighted(self, *pairs: tuple[Any, float]) -> Any:
        items, weights = zip(*pairs, strict=True)
        return self.random.choices(items, weights=weights)[0]

    def _wildcard(self, name: str) -> list[str]:
        return self._combinations(self.reader.wildcards.to_wildcard(name))

    def _sample(self, template: str) -> str:
        return self.reader.sample(template, self.random.getrandbits(32))

    def _combinations(self, template: str) -> list[str]:
        return self.reader.all_of(template, None, "prompt")


def _permutations(items: Sequence[Any], low: int, high: int | None = None) -> list[tuple[Any, ...]]:
    last = low if high is None else high
    return [chosen for size in range(low, last + 1) for chosen in permutations(items, size)]
