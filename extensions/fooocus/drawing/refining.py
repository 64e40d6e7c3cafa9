"""A refiner of another kind of latents: the base draws the picture, the refiner goes on from its pixels."""

from __future__ import annotations

from dataclasses import replace

from extensions.fooocus.kinds import FooocusRequest
from extensions.fooocus.steering.call import TITLE, without_inpaint_files
from pipelines.plugin import GenerationRequest, GenerationResult, Img2Img, Work, run_generation

METHOD = "vae"
WHOLE, CURVE = 0.9, 0.834
"""The original's: the strength up to which a run is partial, and the bend of strength over steps."""
LEAST = 0.05
"""Lowest strength of the second run, which has one step at least."""


def drawn_with_refiner(request: FooocusRequest, asked: GenerationRequest) -> Work[GenerationResult]:
    """The picture of a generation, by the swap method that the request names."""
    refiner = asked.refiner
    if refiner is None or request.told.swap_method != METHOD:
        return (yield from run_generation(asked))
    share = 1 - (refiner.switch_at if refiner.switch_at is not None else request.told.refiner_switch)
    if request.told.refiner_unlike and (strength := partial_strength(asked)) is not None:
        return (yield from run_generation(one_of_both(asked, refiner.checkpoint, strength, share)))
    first = yield from run_generation(replace(asked, refiner=None))
    if not first.images or share <= 0:
        return first
    return (yield from run_generation(second_run(asked, refiner.checkpoint, first.images[0], share)))


def partial_strength(asked: GenerationRequest) -> float | None:
    """The strength at which a picture is drawn over; None without a picture, and above ``WHOLE``."""
    strength = asked.denoising_strength
    return None if asked.img2img is None or strength is None or strength > WHOLE else strength


def one_of_both(asked: GenerationRequest, refiner: str, strength: float, share: float) -> GenerationRequest:
    """The refiner alone where the run begins within its ``share`` of the steps, else the checkpoint alone."""
    if strength > share**CURVE:
        return replace(asked, refiner=None)
    return replace(
        asked,
        checkpoint=refiner,
        refiner=None,
        always_on=tuple(without_inpaint_files(call) for call in asked.always_on if call.name == TITLE),
    )


def second_run(asked: GenerationRequest, checkpoint: str, picture: bytes, share: float) -> GenerationRequest:
    """The refiner's own run over the last ``share`` of the steps, without the base's image prompts."""
    strength = 1.0 if asked.denoising_strength is None else asked.denoising_strength
    start = asked.img2img or Img2Img(images=())
    return replace(
        asked,
        checkpoint=checkpoint,
        refiner=None,
        img2img=replace(start, images=(picture,)),
        denoising_strength=max(LEAST, strength * share),
        steps=max(1, round(asked.steps * share)),
        seeds=replace(asked.seeds, seed=asked.seeds.seed + 1, subseed=asked.seeds.seed + 1),
        always_on=tuple(without_inpaint_files(call) for call in asked.always_on if call.name == TITLE),
    )
