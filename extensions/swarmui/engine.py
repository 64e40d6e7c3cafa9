"""SwarmUI's place in a generation: what its requests change about the model's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.swarmui.steering.self_attention import SelfAttentionGuidance
from extensions.swarmui.steering.wish import FreeUWish, SteeringWish, wish_of
from pipelines.plugin import CallHook, FreeU, InvalidRequest, UnsupportedModel, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, ModelCall, SamplingPass


@hook
def begin_job(job: GenerationJob) -> None:
    """Refuse what the checkpoint can't be asked. Raises InvalidRequest."""
    wish = wish_of(job)
    if wish.asks:
        _require_unet(job, wish)


def _require_unet(job: GenerationJob, wish: SteeringWish) -> None:
    try:
        _ = job.loaded.unet
    except UnsupportedModel as error:
        name = "FreeU" if wish.freeu is not None else "Self-Attention Guidance Scale"
        raise InvalidRequest(f"Invalid value for parameter {name}: {error.message}") from error


@hook
def begin_pass(job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
    """FreeU, and self-attention guidance."""
    wish = wish_of(job)
    hooks: list[CallHook] = []
    if wish.freeu is not None and _acts(wish.freeu, sampling):
        freeu = wish.freeu
        hooks.append(FreeU((freeu.b1, freeu.b2, freeu.s1, freeu.s2), version=freeu.version))
    if wish.attention is not None and wish.attention.scale != 0:
        hooks.append(SelfAttentionGuidance(wish.attention, job.request.cfg_scale))

    def change(call: ModelCall) -> ModelCall:
        for one in hooks:
            call = one(call)
        return call

    return change if hooks else None


def _acts(wish: FreeUWish, sampling: SamplingPass) -> bool:
    return wish.second if sampling.hires else wish.first
