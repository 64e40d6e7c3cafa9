"""SwarmUI's hooks in a generation: changed model calls, prompts of places, parts made transparent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from extensions.swarmui.steering.clearing import cleared
from extensions.swarmui.steering.regions import RegionPrompts, shares
from extensions.swarmui.steering.self_attention import SelfAttentionGuidance
from extensions.swarmui.steering.wish import FreeUWish, SteeringWish, wish_of
from pipelines.plugin import (
    CallHook,
    FreeU,
    InvalidRequest,
    PictureHook,
    Prompts,
    PromptsHook,
    UnsupportedModel,
    Work,
    clipseg_folder,
    hook,
    pause,
    word_finder,
)

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, ModelCall, SamplingPass


@hook
def begin_job(job: GenerationJob) -> None:
    """Refuse guidance without a UNet, and clearing without CLIPSeg's files. Raises InvalidRequest."""
    wish = wish_of(job)
    if wish.freeu is not None or wish.attention is not None:
        _require_unet(job, wish)
    if wish.cleared:
        clipseg_folder(job.services.settings.folders.models, "prompt")


def _require_unet(job: GenerationJob, wish: SteeringWish) -> None:
    try:
        _ = job.loaded.unet
    except UnsupportedModel as error:
        name = "FreeU" if wish.freeu is not None else "Self-Attention Guidance Scale"
        raise InvalidRequest(f"Invalid value for parameter {name}: {error.message}") from error


@hook
def prompts_hook(job: GenerationJob, sampling: SamplingPass) -> PromptsHook | None:
    """Let each part of the pass's prompts count by the map of its place."""
    wish = wish_of(job).regions
    if wish is None:
        return None
    height, width = sampling.rng.shape[-2:]
    maps = [one.to(job.loaded.device) for one in shares(wish, height, width)]

    def placed(prompts: Prompts) -> Prompts:
        return RegionPrompts(prompts=prompts, maps=maps)

    return placed


@hook
def after_faces(job: GenerationJob) -> PictureHook | None:
    """Make the parts of a picture transparent that ``<clear:…>`` tags name."""
    wishes = wish_of(job).cleared
    if not wishes:
        return None

    def clear(picture: Image.Image, index: int) -> Work[Image.Image]:
        for wish in wishes:
            yield from pause()
            models = job.services.settings.folders.models
            find = word_finder(models, job.loaded.device, job.services.weights, "prompt")
            picture = cleared(picture, wish, find)
        return picture

    return clear


@hook
def begin_pass(job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
    """Change the model calls of a pass by FreeU and self-attention guidance."""
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
