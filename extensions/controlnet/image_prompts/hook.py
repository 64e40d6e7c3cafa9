"""Let IP-Adapter units speak in a pass: their attention joins every network call while they act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from torch import Tensor

from extensions.controlnet.control.injection.strength import Clock, in_window
from extensions.controlnet.image_prompts.adapter import IPAdapter
from extensions.controlnet.image_prompts.attention import PictureAttention, PictureVoice
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
    """Adds the attention of every active unit to each network call of one pass.

    ``progress`` answers (step of the sampler, steps of the pass); ``adapter`` loads a unit's file. Neither
    control mode nor hr_option counts here.
    """

    units: Sequence[PreparedUnit]
    progress: Callable[[], tuple[int, int]]
    adapter: Callable[[PreparedUnit, LoadedModel], IPAdapter]
    clock: Clock = field(default_factory=Clock)
    voices: dict[tuple[int, int], PictureVoice] = field(default_factory=dict[tuple[int, int], PictureVoice])

    def __call__(self, call: ModelCall, /) -> ModelCall:
        """The call with the pictures' attention."""
        fraction = self.clock.fraction(call.rows.call, self.progress())
        active = [unit for unit in self.units if in_window(unit.unit, fraction)]
        heard = [voice for voice in (self._voice(unit, call.model) for unit in active) if any(voice.weights)]
        if not heard:
            return call
        return replace(call, attention=(*call.attention, PictureAttention(call=call, voices=heard)))

    def context(self, unit: PreparedUnit, call: ModelCall) -> Tensor:
        """What a unit's network reads, (rows, tokens, context): its speaker's tokens, or the call's texts."""
        if unit.speaker is None:
            return call.context
        rows = [int(is_cond) for is_cond in call.rows.is_cond]
        return self._voice(unit.speaker, call.model).tokens[rows].to(call.context)

    def _voice(self, unit: PreparedUnit, model: LoadedModel) -> PictureVoice:
        key = (id(unit), id(model))
        if key not in self.voices:
            self.voices[key] = voice_of(unit, self.adapter(unit, model), model)
        return self.voices[key]


def voice_of(unit: PreparedUnit, adapter: IPAdapter, model: LoadedModel) -> PictureVoice:
    """What a unit has to say to a model. Raises InvalidRequest for a wrong number of weights."""
    tokens = adapter.tokens(unit.embeddings, model.device)
    pulid = unit.unit.pulid_mode if adapter.layout.projector is Projector.PORTRAIT else None
    return PictureVoice(
        tokens=tokens,
        attentions=adapter.keys_values(tokens if pulid is None else with_zeros(tokens, pulid)),
        weights=transformer_weights(unit.unit, transformer_count(model.unet)),
        region=unit.region,
        pulid=pulid,
    )
