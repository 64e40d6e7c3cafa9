"""Style units: their pictures are embedded before a job, their tokens follow the prompt's in every pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from extensions.controlnet.control.injection.strength import Clock, acts_at, moment_of
from extensions.controlnet.control.networks.style_adapter import StyleNetwork
from extensions.controlnet.maps.embedding import ImageEmbedding
from extensions.controlnet.prepare.control_picture import choose_picture
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.detect import ControlKind
from extensions.controlnet.units.pictures import Array
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import GenerationRequest, InvalidRequest, ModelCall


def prepare_style(
    unit: Unit,
    request: GenerationRequest,
    *,
    file: ControlFile,
    embed: Callable[[Preprocessor, Array], ImageEmbedding],
) -> PreparedUnit:
    """Embed a unit's picture. Raises InvalidRequest, MissingWeights."""
    picture = choose_picture(unit, request)[0]
    shown = picture[:, :, :3]
    return PreparedUnit(
        unit=unit,
        file=file,
        kind=ControlKind.T2I_STYLE,
        source=shown,
        base=shown,
        embeddings=(embed(unit.preprocessor, picture),),
        pictures=(shown,),
    )


@dataclass(slots=True, kw_only=True)
class StyleHook:
    """Appends every active unit's tokens to the texts of one pass; negative prompts get zeros.

    ``progress`` returns (step of the sampler, steps of the pass); ``network`` loads a unit's file.
    """

    units: Sequence[PreparedUnit]
    hires: bool
    progress: Callable[[], tuple[int, int]]
    network: Callable[[PreparedUnit], StyleNetwork]
    clock: Clock = field(default_factory=Clock)
    kept: dict[int, Tensor] = field(default_factory=dict[int, Tensor])

    def __call__(self, call: ModelCall, /) -> ModelCall:
        """The call with longer texts."""
        steps = self.clock.fraction(call.rows.call, self.progress())
        moment = moment_of(call.rows.timestep, steps)
        rows = torch.tensor([float(c) for c in call.rows.is_cond])[:, None, None]
        for unit in self.units:
            if acts_at(unit.unit, moment, hires=self.hires):
                tokens = self._tokens(unit, call) * unit.unit.weight
                added = (tokens * rows.to(tokens)).to(call.context)
                call = replace(call, context=torch.cat([call.context, added], dim=1))
        return call

    def _tokens(self, unit: PreparedUnit, call: ModelCall) -> Tensor:
        if id(unit) not in self.kept:
            network, hidden = self.network(unit), unit.seen.last
            if hidden.shape[-1] != network.width:
                text = (
                    f"{unit.unit.preprocessor.title} gives {hidden.shape[-1]} numbers "
                    f"where {network.path.stem} takes {network.width}"
                )
                raise InvalidRequest(text, field=f"{unit.unit.field}.module")
            self.kept[id(unit)] = network.tokens(hidden, call.model.device)
        return self.kept[id(unit)]
