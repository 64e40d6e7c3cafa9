"""From the request's texts to the prompts of every picture: styles, comments, hires prompts, seeds."""

from __future__ import annotations

from pipelines.prompt.comments import strip_comments
from pipelines.prompt.styles import apply_styles
from pipelines.request import GenerationRequest
from pipelines.stages.job import Texts


def expand_texts(request: GenerationRequest) -> Texts:
    """Merge styles into the four prompts and strip comments; every picture gets the same texts."""
    hires = request.hires
    count = request.batch_size * request.batch_count

    def merged(text: str, own: tuple[str, ...] = (), *, negative: bool) -> tuple[str, ...]:
        return (
            tuple(_merged(request, one, negative) for one in own)
            or (_merged(request, text, negative),) * count
        )

    hires_prompt = (hires.prompt if hires else "") or request.prompt
    hires_negative = (hires.negative_prompt if hires else "") or request.negative_prompt
    return Texts(
        prompts=merged(request.prompt, request.per_picture.prompts, negative=False),
        negative_prompts=merged(request.negative_prompt, request.per_picture.negative_prompts, negative=True),
        hires_prompts=merged(hires_prompt, negative=False),
        hires_negative_prompts=merged(hires_negative, negative=True),
    )


def _merged(request: GenerationRequest, text: str, negative: bool) -> str:
    styles = [s.negative_prompt if negative else s.prompt for s in request.styles]
    text = apply_styles(text, styles)
    return strip_comments(text) if request.options.enable_prompt_comments else text


def expand_seeds(request: GenerationRequest) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """``(seeds, subseeds)`` per picture: variation keeps the seed and counts the subseed up."""
    count = request.batch_size * request.batch_count
    seeds = request.seeds
    step = 0 if seeds.subseed_strength != 0 else 1
    return (
        request.per_picture.seeds or tuple(seeds.seed + step * i for i in range(count)),
        tuple(seeds.subseed + i for i in range(count)),
    )
