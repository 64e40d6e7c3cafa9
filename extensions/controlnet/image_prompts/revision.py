"""Revision: the embedding of pictures by CLIP's large tower takes the place of SDXL's pooled text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from extensions.controlnet.control.injection.strength import Clock, in_window, moment_of
from extensions.controlnet.maps.embedding import ImageEmbedding
from extensions.controlnet.prepare.control_picture import choose_picture
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.effects import RevisionEffect
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import GenerationRequest, InvalidRequest, ModelCall

LEVELS = 1000
FIRST_BETA, LAST_BETA = 1e-4, 2e-2


def prepare_revision(
    unit: Unit,
    request: GenerationRequest,
    *,
    embed: Callable[[Preprocessor, Array], ImageEmbedding],
) -> PreparedUnit:
    """Embed a unit's picture and add its noise, once for the job. Raises InvalidRequest, MissingWeights."""
    picture = choose_picture(unit, request)[0]
    seen = embed(unit.preprocessor, picture)
    generator = torch.Generator().manual_seed(request.seeds.seed)
    shown = picture[:, :, :3]
    return PreparedUnit(
        unit=unit,
        file=None,
        kind=None,
        source=shown,
        base=shown,
        embeddings=(replace(seen, pooled=noised(seen.pooled, unit.threshold_a, generator)),),
        pictures=(shown,),
    )


def noised(embedding: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    """An embedding (1, width) after ``amount`` (0..1) of a thousand steps of diffusion with linear betas.

    Ho et al. 2020, arXiv:2006.11239. The first step is taken even at 0, as in the original.
    """
    level = min(max(int(LEVELS * amount), 0), LEVELS - 1)
    kept = torch.cumprod(1.0 - torch.linspace(FIRST_BETA, LAST_BETA, LEVELS), dim=0)[level]
    noise = torch.randn(embedding.shape, generator=generator)
    return kept.sqrt() * embedding + (1.0 - kept).sqrt() * noise


@dataclass(slots=True, kw_only=True)
class RevisionHook:
    """Exchanges the pooled embeddings of one pass; rows of the negative prompt get zeros.

    Control mode and hr_option have no effect. ``progress`` returns (step of the sampler, steps of the pass).
    ``without_prompt``: both prompts are empty.
    """

    units: Sequence[PreparedUnit]
    progress: Callable[[], tuple[int, int]]
    without_prompt: bool
    clock: Clock = field(default_factory=Clock)

    def __call__(self, call: ModelCall, /) -> ModelCall:
        """The call with other pooled embeddings. Raises InvalidRequest for a checkpoint that isn't SDXL."""
        steps = self.clock.fraction(call.rows.call, self.progress())
        moment = moment_of(call.rows.timestep, steps)
        active = [unit for unit in self.units if in_window(unit.unit, moment)]
        if not active:
            return call
        pooled = sum((unit.unit.weight * _pooled(unit, call) for unit in active), torch.zeros(()))
        rows = torch.tensor([float(c) for c in call.rows.is_cond])[:, None]
        assert call.vector is not None
        exchanged = (rows * pooled).to(call.vector)
        vector = torch.cat([exchanged, call.vector[:, exchanged.shape[1] :]], dim=1)
        drops_text = self.without_prompt or any(_drops_text(unit) for unit in active)
        context = torch.zeros_like(call.context) if drops_text else call.context
        return replace(call, vector=vector, context=context)


def _drops_text(unit: PreparedUnit) -> bool:
    return isinstance(unit.effect, RevisionEffect) and unit.effect.drops_text


def _pooled(unit: PreparedUnit, call: ModelCall) -> Tensor:
    """A unit's embedding (1, width). Raises InvalidRequest where the checkpoint takes none of that width."""
    pooled = unit.seen.pooled
    place = f"{unit.unit.field}.module"
    if call.vector is None:
        raise InvalidRequest("Preprocessor 'revision' only supports SDXL", field=place)
    width = call.vector.shape[1] - call.model.family.text.added_width
    if pooled.shape[1] != width:
        title = unit.unit.preprocessor.title
        text = f"{title} gives {pooled.shape[1]} numbers where the checkpoint takes {width}"
        raise InvalidRequest(text, field=place)
    return pooled
