"""From the prompts of a batch to their conditioning: composition, schedules, encoding, report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor

from pipelines.contract.heed import heeding
from pipelines.contract.options import GenerationOptions
from pipelines.families.text import PictureSize
from pipelines.text.encoding.assemble import Composition, Conditioning, PromptSchedule, WeightedSchedule
from pipelines.text.encoding.cache import ConditioningCache
from pipelines.text.encoding.encode import encode_prompts
from pipelines.text.encoding.encoded import EncodedTexts, TextConditioner
from pipelines.text.encoding.report import EncodingReport, report_of
from pipelines.text.prompt.composition import split_parts
from pipelines.text.prompt.schedule import prompt_schedule, step_rule
from pipelines.text.prompt.schedule_nodes import StepRule


@dataclass(frozen=True, slots=True, kw_only=True)
class PassPrompts:
    """The prompts of one pass, tags already removed, and how long the pass is.

    ``steps`` and ``hires_steps`` count model evaluations (doubled for second-order samplers). ``steps`` is
    the first pass's even when ``hires_steps`` makes this the second one. ``size``: the pass's picture size.
    """

    prompts: Sequence[str]
    negative_prompts: Sequence[str]
    steps: int
    hires_steps: int | None = None
    size: PictureSize

    def rule(self, *, old: bool) -> StepRule:
        """Return the rule by which numbers in schedules are read."""
        return step_rule(steps=self.steps, hires_steps=self.hires_steps, old=old)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Conditioning of a pass, and its pairs in the infotext."""

    conditioning: Conditioning
    report: EncodingReport


@dataclass(slots=True, kw_only=True)
class _Encoder:
    """Encodes every different sub-prompt once."""

    model: TextConditioner
    options: GenerationOptions
    size: PictureSize
    rule: StepRule
    cache: ConditioningCache
    schedules: dict[tuple[str, bool], PromptSchedule] = field(
        default_factory=dict[tuple[str, bool], PromptSchedule]
    )
    encodings: list[EncodedTexts] = field(default_factory=list[EncodedTexts])
    read_brackets: bool = False
    """True once a text with brackets was encoded; those of schedules are gone by then."""

    def schedule(self, prompt: str, *, is_negative: bool) -> PromptSchedule:
        key = (prompt, is_negative)
        if key not in self.schedules:
            self.schedules[key] = self._encode(prompt, is_negative=is_negative)
        return self.schedules[key]

    def compose(self, prompt: str) -> Composition:
        return tuple(
            WeightedSchedule(schedule=self.schedule(part.text, is_negative=False), weight=part.weight)
            for part in split_parts(prompt)
        )

    def _encode(self, prompt: str, *, is_negative: bool) -> PromptSchedule:
        entries = prompt_schedule(prompt, self.rule)
        texts = tuple(entry.text for entry in entries)
        self.read_brackets |= any("(" in text or "[" in text for text in texts)
        encoded = self._cached(texts, is_negative=is_negative)
        self.encodings.append(encoded)
        return PromptSchedule(ends=tuple(entry.end for entry in entries), encoded=encoded.rows)

    def _cached(self, texts: tuple[str, ...], *, is_negative: bool) -> EncodedTexts:
        def encode() -> EncodedTexts:
            return encode_prompts(texts, self.model, self.options, self.size, is_negative=is_negative)

        if not self.options.persistent_cond_cache:
            return encode()
        return self.cache.get(_key(texts, self, is_negative), encode)


def build_conditioning(
    prompts: PassPrompts,
    model: TextConditioner,
    options: GenerationOptions,
    cache: ConditioningCache,
    *,
    empty: Tensor | None = None,
) -> Built:
    """Encode prompts and negative prompts of one pass. Raises InvalidRequest.

    ``empty``: the empty prompt's encoding for the option ``pad_cond_uncond``; by default it is encoded here
    when that option is on.
    """
    rule = prompts.rule(old=options.use_old_scheduling)
    encoder = _Encoder(model=model, options=options, size=prompts.size, rule=rule, cache=cache)
    negative = [encoder.schedule(prompt, is_negative=True) for prompt in heeding(prompts.negative_prompts)]
    positive = [encoder.compose(prompt) for prompt in heeding(prompts.prompts)]
    texts = [*prompts.prompts, *prompts.negative_prompts]
    rules = (rule, prompts.rule(old=False))
    weighted, unfit = encoder.read_brackets, model.unfit
    report = report_of(texts, encoder.encodings, rules, options, weighted=weighted, unfit=unfit)
    padding = empty
    if options.pad_cond_uncond and empty is None:
        padding = empty_prompt(model, options)
    return Built(conditioning=Conditioning(positive, negative, options=options, empty=padding), report=report)


def empty_prompt(model: TextConditioner, options: GenerationOptions) -> Tensor:
    """Return the encoding (tokens, width) of the empty prompt, as a prompt, not as a negative one."""
    size = PictureSize(width=1024, height=1024)
    return encode_prompts([""], model, options, size).rows[0].context


def _key(texts: tuple[str, ...], encoder: _Encoder, is_negative: bool) -> tuple[object, ...]:
    options = encoder.options
    plan = encoder.model.plan
    common = (
        texts,
        encoder.model.identity,
        options.emphasis,
        options.use_old_emphasis_implementation,
        options.comma_padding_backtrack,
        options.CLIP_stop_at_last_layers,
        plan.chosen(options),
    )
    if plan.vector is None and not plan.blank_negative:
        return common
    return (*common, is_negative, encoder.size)
