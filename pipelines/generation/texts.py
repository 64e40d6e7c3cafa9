"""From the request's texts to the prompts of every picture: styles, comments, hires prompts, seeds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.contract.requests import GenerationRequest
from pipelines.text.prompt.styles import apply_styles

_COMMENT_LINE = re.compile(r"(?:^|\n)#[^\n]*(?:\n|$)")
_COMMENT_TAIL = re.compile(r"#[^\n]*(?:\n|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Prompts of every picture of a job, styles merged and comments stripped; all of equal length."""

    prompts: tuple[str, ...]
    negative_prompts: tuple[str, ...]
    hires_prompts: tuple[str, ...]
    hires_negative_prompts: tuple[str, ...]


def expand_texts(request: GenerationRequest) -> Texts:
    """Merge styles into the four prompts and strip comments; every picture gets the same texts or its own.

    The hires pass has the first one's, unless the request says otherwise.
    """
    hires, own = request.hires, request.per_picture
    count = _count(request)

    def merged(text: str, each: tuple[str, ...] = (), *, negative: bool) -> tuple[str, ...]:
        return (
            tuple(_merged(request, one, negative) for one in each)
            or (_merged(request, text, negative),) * count
        )

    prompts = merged(request.prompt, own.prompts, negative=False)
    negatives = merged(request.negative_prompt, own.negative_prompts, negative=True)
    hires_prompt, hires_negative = (hires.prompt, hires.negative_prompt) if hires else ("", "")
    return Texts(
        prompts=prompts,
        negative_prompts=negatives,
        hires_prompts=merged(hires_prompt, negative=False) if hires_prompt else prompts,
        hires_negative_prompts=merged(hires_negative, negative=True) if hires_negative else negatives,
    )


def _count(request: GenerationRequest) -> int:
    """The pictures of a job: as many as have texts of their own, which may not fill the last batch."""
    own = request.per_picture
    given = max(len(own.prompts), len(own.negative_prompts), len(own.seeds))
    return given or request.batch_size * request.batch_count


def _merged(request: GenerationRequest, text: str, negative: bool) -> str:
    styles = [s.negative_prompt if negative else s.prompt for s in request.styles]
    text = apply_styles(text, styles)
    return strip_comments(text) if request.options.enable_prompt_comments else text


def strip_comments(prompt: str) -> str:
    """Replace each ``#`` comment line, then each comment at the end of a line, by one newline.

    There is no escape for ``#`` (spec 2.3).
    """
    return _COMMENT_TAIL.sub("\n", _COMMENT_LINE.sub("\n", prompt))


def expand_seeds(request: GenerationRequest) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """``(seeds, subseeds)`` per picture: variation keeps the seed and counts the subseed up."""
    count = _count(request)
    seeds = request.seeds
    step = 0 if seeds.subseed_strength != 0 else 1
    return (
        request.per_picture.seeds or tuple(seeds.seed + step * i for i in range(count)),
        tuple(seeds.subseed + i for i in range(count)),
    )
