"""IP-Adapter units: their pictures are embedded before a job, their attention joins every pass of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from extensions.controlnet.image_prompts.adapter import ImageEmbedding, IPAdapter
from extensions.controlnet.image_prompts.attention import PictureAttention, PictureVoice
from extensions.controlnet.image_prompts.cross_attention import transformer_count
from extensions.controlnet.image_prompts.embedding_file import read_embedding
from extensions.controlnet.image_prompts.layout import AUTO, EMBEDDERS, STYLE, AdapterLayout
from extensions.controlnet.injection.strength import Clock, in_window
from extensions.controlnet.networks.catalog import ControlFile
from extensions.controlnet.networks.detect import Kind
from extensions.controlnet.preprocessors.modules import Module, find_module
from extensions.controlnet.units.control_image import choose_image
from extensions.controlnet.units.pictures import Array
from extensions.controlnet.units.prepared import PreparedUnit, region_mask
from extensions.controlnet.units.unit import Unit
from pipelines.errors import InvalidRequest
from pipelines.model import LoadedModel
from pipelines.model_call import ModelCall
from pipelines.request import GenerationRequest


def require_adapter(unit: Unit) -> None:
    """Raises InvalidRequest for a preprocessor that embeds pictures beside a model of another kind."""
    if unit.module.key == STYLE:
        raise InvalidRequest(f"{unit.module.title} needs a T2I style adapter", field=f"{unit.field}.model")
    if unit.module.key == AUTO or unit.module.key in EMBEDDERS:
        raise InvalidRequest(f"{unit.module.title} needs an IP-Adapter model", field=f"{unit.field}.model")


def adapter_module(unit: Unit, layout: AdapterLayout, file: ControlFile) -> Module:
    """The preprocessor that a unit means. Raises InvalidRequest for one that embeds no pictures."""
    if unit.module.key in EMBEDDERS:
        return unit.module
    place = f"{unit.field}.module"
    if unit.module.key != AUTO:
        names = ", ".join((AUTO, *sorted(EMBEDDERS)))
        raise InvalidRequest(f"{file.stem} is an IP-Adapter: its preprocessor is one of {names}", field=place)
    module = None if layout.module is None else find_module(layout.module)
    if module is None:
        raise InvalidRequest(f"choose a preprocessor by hand: {file.stem} is not a usual file", field=place)
    return module


def prepare_adapter(
    unit: Unit,
    request: GenerationRequest,
    size: tuple[int, int],
    *,
    file: ControlFile,
    layout: AdapterLayout,
    embed: Callable[[Module, Array], ImageEmbedding],
) -> PreparedUnit:
    """Embed a unit's pictures. Raises InvalidRequest, MissingWeights."""
    module = adapter_module(unit, layout, file)
    if unit.ipadapter_input:
        return _prepared(unit, file, layout, module, given_embeddings(unit, layout), ())
    singles = [replace(unit, module=module, sources=(one,)) for one in unit.sources]
    pictures = [choose_image(one, request, *size)[0] for one in (singles or [replace(unit, module=module)])]
    embeddings = tuple(embed(module, picture) for picture in pictures)
    shown = tuple(picture[:, :, :3] for picture in pictures)
    return _prepared(unit, file, layout, module, embeddings, shown)


def given_embeddings(unit: Unit, layout: AdapterLayout) -> tuple[ImageEmbedding, ...]:
    """What a client brought from the detect route. Raises InvalidRequest."""
    place = f"{unit.field}.ipadapter_input"
    found = [read_embedding(text, field=place) for text in unit.ipadapter_input]
    if not layout.pooled and not all(complete for _, complete in found):
        text = "it was made elsewhere and lacks what CLIP sees in no picture: send the picture instead"
        raise InvalidRequest(text, field=place)
    return tuple(embedding for embedding, _ in found)


def _prepared(
    unit: Unit,
    file: ControlFile,
    layout: AdapterLayout,
    module: Module,
    embeddings: tuple[ImageEmbedding, ...],
    shown: tuple[Array, ...],
) -> PreparedUnit:
    given = embeddings[0].pooled if layout.pooled else embeddings[0].hidden
    if given.shape[-1] != layout.input_width:
        raise InvalidRequest(
            f"{module.title} gives {given.shape[-1]} numbers where {file.stem} takes {layout.input_width}: "
            f"choose {layout.module or 'another preprocessor'}",
            field=f"{unit.field}.module",
        )
    source = shown[0] if shown else np.zeros((8, 8, 3), np.uint8)
    return PreparedUnit(
        unit=unit,
        file=file,
        kind=Kind.IP_ADAPTER,
        source=source,
        base=source,
        region=region_mask(unit),
        embeddings=embeddings,
        pictures=shown,
    )


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
class AdapterHook:
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

    def _voice(self, unit: PreparedUnit, model: LoadedModel) -> PictureVoice:
        key = (id(unit), id(model))
        if key not in self.voices:
            adapter = self.adapter(unit, model)
            self.voices[key] = PictureVoice(
                attentions=adapter.keys_values(adapter.tokens(unit.embeddings, model.device)),
                weights=transformer_weights(unit.unit, transformer_count(model.unet)),
                region=unit.region,
            )
        return self.voices[key]
