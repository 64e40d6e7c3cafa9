"""Add the image tokens of IP-Adapter units to every model call of a pass while the units act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from torch import Tensor

from extensions.controlnet.control.injection.strength import Clock, before_end, moment_of
from extensions.controlnet.image_prompts.adapter import IPAdapter
from extensions.controlnet.image_prompts.attention import DecoupledAttention, ImagePrompt, chosen_rows
from extensions.controlnet.image_prompts.cross_attention import transformer_count
from extensions.controlnet.image_prompts.layout import Projector
from extensions.controlnet.image_prompts.pulid import with_zeros
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import InvalidRequest, LoadedModel, ModelCall


def transformer_weights(unit: Unit, count: int) -> tuple[float, ...]:
    """The weight of every transformer, in order of evaluation. Raises InvalidRequest for a wrong number."""
    given = unit.advanced_weighting
    if given is None:
        return (unit.weight,) * count
    if len(given) != count:
        raise InvalidRequest(
            f"an IP-Adapter has {count} weights for this checkpoint, not {len(given)}",
            field=f"{unit.field}.advanced_weighting",
        )
    return given


@dataclass(slots=True, kw_only=True)
class ImagePromptHook:
    """Adds the attention of every active unit to each model call of one pass.

    ``progress`` returns (step of the sampler, steps of the pass); ``adapter`` loads a unit's file. Control
    mode and hr_option have no effect here, as in the original.
    """

    units: Sequence[PreparedUnit]
    progress: Callable[[], tuple[int, int]]
    adapter: Callable[[PreparedUnit, LoadedModel], IPAdapter]
    clock: Clock = field(default_factory=Clock)
    prompts: dict[tuple[int, int], ImagePrompt] = field(default_factory=dict[tuple[int, int], ImagePrompt])

    def __call__(self, call: ModelCall, /) -> ModelCall:
        """The call with attention to the units' image tokens."""
        steps = self.clock.fraction(call.rows.call, self.progress())
        moment = moment_of(call.rows.timestep, steps)
        active = [unit for unit in self.units if before_end(unit.unit, moment)]
        acting = [
            prompt
            for prompt in (self._image_prompt(unit, call.model) for unit in active)
            if any(prompt.weights)
        ]
        if not acting:
            return call
        return replace(call, attention=(*call.attention, DecoupledAttention(call=call, prompts=acting)))

    def context(self, unit: PreparedUnit, call: ModelCall) -> Tensor:
        """(rows, tokens, context) that a unit's network reads: its source's tokens, or the call's texts."""
        if unit.token_source is None:
            return call.context
        rows = [int(is_cond) for is_cond in call.rows.is_cond]
        return chosen_rows(self._image_prompt(unit.token_source, call.model).tokens, rows).to(call.context)

    def _image_prompt(self, unit: PreparedUnit, model: LoadedModel) -> ImagePrompt:
        key = (id(unit), id(model))
        if key not in self.prompts:
            self.prompts[key] = image_prompt_of(unit, self.adapter(unit, model), model)
        return self.prompts[key]


def image_prompt_of(unit: PreparedUnit, adapter: IPAdapter, model: LoadedModel) -> ImagePrompt:
    """A unit's image tokens for a model, with keys and values. Raises InvalidRequest for wrong weights."""
    tokens = adapter.tokens(unit.embeddings, model.device)
    pulid = unit.unit.pulid_mode if adapter.layout.projector is Projector.PORTRAIT else None
    return ImagePrompt(
        tokens=tokens,
        attentions=adapter.keys_values(tokens if pulid is None else with_zeros(tokens, pulid)),
        weights=transformer_weights(unit.unit, transformer_count(model.unet)),
        region=None if unit.region is None else unit.region.to(model.device),
        pulid=pulid,
    )
