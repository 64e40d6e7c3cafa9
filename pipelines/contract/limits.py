"""The bounds of one job, checked wherever a request is made: by a route or by a script in an engine."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.hires_size import hires_size
from pipelines.contract.option_ranges import RANGES, check_option
from pipelines.contract.requests import GenerationRequest

MIN_SIDE = 8
"""Pixels that a side has at least, whatever the checkpoint; engines ask for more where cells are larger."""
MAX_BLUR = 1024
"""Sigma in pixels that a client may ask for."""
SCRIPT_BLUR = 4 * MAX_BLUR
"""Sigma that a script may make of it, as outpainting does."""
MOST_PARTS = 100
"""Texts joined by AND in one prompt; the network evaluates each at every step."""
_AND = re.compile(r"\bAND\b")
SEEDS = -(2**63), 2**64 - 1
LARGEST = 2.0**64
MEGA = 10**6
TYPICAL = {"width": 512, "height": 512, "steps": 20, "batch_size": 1, "batch_count": 1}
FLAGS = {
    "pixels": "--max-pixels",
    "side": "--max-side",
    "batch_size": "--max-batch-size",
    "batch_count": "--max-n-iter",
    "steps": "--max-steps",
    "cost": "--max-cost",
    "prompt_length": "--max-prompt-length",
    "training_steps": "--max-training-steps",
}
"""The command line's flags by which an operator changes a limit, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLimits:
    """Bounds of one job, the generations of its scripts included.

    ``pixels``: of one picture; ``side``: its width or height; ``batch_count``: batches of the whole job.
    ``cost`` is in megapixels times steps, None is no bound. ``prompt_length``: characters of one prompt
    with its styles. ``training_steps``: of one training run.
    """

    pixels: int = 8192 * 8192
    side: int = 16384
    batch_size: int = 64
    batch_count: int = 1000
    steps: int = 1000
    cost: int | None = None
    prompt_length: int = 20_000
    training_steps: int = 1_000_000

    @property
    def pictures(self) -> int:
        """Pictures that one job may take in or make."""
        return self.batch_size * self.batch_count


def within(field: str, value: float, low: float, high: float, *, flag: str = "") -> None:
    """Raise InvalidRequest unless ``low <= value <= high``; ``flag`` is where ``high`` comes from."""
    if not low <= value <= high:
        text = f"{field} must be between {low} and {high}, not {_short(value)}"
        raise InvalidRequest(text + (f" (see {flag})" if flag and value > high else ""), field=field)


def _short(value: float) -> str:
    """Write a number without ``.0``, and one of more than 40 digits by their count alone."""
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    return text if len(text) <= 40 else f"a number of {len(text)} digits"


def check_pixels(x_field: str, x: int, y_field: str, y: int, limits: WorkLimits) -> None:
    """Raise InvalidRequest for a side that is too short, or a picture beyond the limits."""
    for field, side in ((x_field, x), (y_field, y)):
        if side < MIN_SIDE:
            raise InvalidRequest(
                f"{field} must be at least {MIN_SIDE} pixels, not {_short(side)}", field=field
            )
    check_picture(x_field if x >= y else y_field, x, y, limits)


def check_picture(field: str, width: float, height: float, limits: WorkLimits) -> None:
    """Raise InvalidRequest if a picture to be made is too large; the text names every limit it breaks."""
    broken: list[str] = []
    # an infinite side is beyond both
    if width * height > limits.pixels:
        broken.append(f"{limits.pixels} pixels ({FLAGS['pixels']})")
    if max(width, height) > limits.side:
        broken.append(f"{limits.side} pixels a side ({FLAGS['side']})")
    if broken:
        size = f"{_short(width)}x{_short(height)}"
        raise InvalidRequest(f"a picture of {size} is beyond {' and '.join(broken)}", field=field)


def check_batches(steps: int, batch_size: int, batch_count: int, limits: WorkLimits) -> None:
    """Raise InvalidRequest for steps or counts of a request beyond the limits."""
    within("steps", steps, 1, limits.steps, flag=FLAGS["steps"])
    within("batch_size", batch_size, 1, limits.batch_size, flag=FLAGS["batch_size"])
    within("batch_count", batch_count, 1, limits.batch_count, flag=FLAGS["batch_count"])


def check_starts(count: int, batch_size: int) -> None:
    """Raise InvalidRequest unless there is a picture to start from, and at most one for each of a batch."""
    if not 1 <= count <= batch_size:
        text = f"bad number of images passed: {count}; expecting {batch_size} or less"
        raise InvalidRequest(text, field="start.images")


def check_generation(request: GenerationRequest, limits: WorkLimits) -> None:
    """Raise InvalidRequest, naming field and flag, for a generation beyond the limits."""
    check_batches(request.steps, request.batch_size, request.batch_count, limits)
    check_pixels("width", request.width, "height", request.height, limits)
    if request.img2img is not None:
        check_starts(len(request.img2img.images), request.batch_size)
    starts = request.img2img is not None or request.hires is not None
    if starts and request.denoising_strength is not None:
        within("denoising_strength", request.denoising_strength, 0, 1)
    within("end_early", request.end_early, 0, 1)
    if request.inversion is not None:
        within("script.args", request.inversion.steps, 1, limits.steps, flag=FLAGS["steps"])
    if request.hires is not None:
        _check_hires(request, limits)
    if request.img2img is not None and request.img2img.inpaint is not None:
        within("mask.blur", request.img2img.inpaint.blur_x, 0, SCRIPT_BLUR)
        within("mask.blur", request.img2img.inpaint.blur_y, 0, SCRIPT_BLUR)
    check_numbers(request)
    check_texts(request, limits)
    if limits.cost is not None:
        check_cost(cost_of(request), limits, field=largest(request))


def _check_hires(request: GenerationRequest, limits: WorkLimits) -> None:
    assert request.hires is not None
    within("hires.steps", request.hires.steps, 0, limits.steps, flag=FLAGS["steps"])
    for name in ("resize_x", "resize_y"):
        within(f"hires.{name}", getattr(request.hires, name), 0, limits.side, flag=FLAGS["side"])
    if not (request.hires.resize_x or request.hires.resize_y):
        within("hires.scale", request.hires.scale, 0.01, 100)
    first, second = passes(request)
    check_pixels("hires.first_width", first[0], "hires.first_height", first[1], limits)
    if min(second) < MIN_SIDE:
        raise InvalidRequest(f"a result of {second[0]}x{second[1]} is too small", field="hires.scale")
    check_picture("hires.resize_x" if request.hires.resize_x else "hires.scale", *second, limits)


OPEN_ENDED = frozenset({"s_tmax"})
"""An upper end of a range, which clients write as large as they can to mean none."""


def check_numbers(request: GenerationRequest) -> None:
    """Raise InvalidRequest for options out of their ranges, seeds beyond 64 bits, and numbers not finite.

    A route has checked them before, but scripts compute new ones.
    """
    for key in RANGES:
        for options in (request.options, request.output):
            if hasattr(options, key):
                check_option(key, getattr(options, key), field=f"options.{key}")
    within("seeds.seed", request.seeds.seed, *SEEDS)
    within("seeds.subseed", request.seeds.subseed, *SEEDS)
    parts: dict[str, Any] = {
        "": request,
        "seeds.": request.seeds,
        "churn.": request.churn,
        "hires.": request.hires,
        "start.": request.img2img,
        "inversion.": request.inversion,
        "options.": request.options,
    }
    for place, part in parts.items():
        for item in fields(part) if part is not None else ():
            value: object = getattr(part, item.name)
            if item.name in OPEN_ENDED or not isinstance(value, int | float):
                continue
            if not -LARGEST <= value <= LARGEST:
                raise InvalidRequest("a number is too large, or none", field=place + item.name)


def check_texts(request: GenerationRequest, limits: WorkLimits) -> None:
    """Raise InvalidRequest for a prompt that is too long with its styles, or joins too many texts by AND."""
    own, hires, inversion = request.per_picture, request.hires, request.inversion
    styles = sum(len(s.name) + len(s.prompt) + len(s.negative_prompt) for s in request.styles)
    texts = {
        "prompt": max((len(request.prompt), *map(len, own.prompts))),
        "negative_prompt": max((len(request.negative_prompt), *map(len, own.negative_prompts))),
        "hires.prompt": len(hires.prompt) if hires else 0,
        "hires.negative_prompt": len(hires.negative_prompt) if hires else 0,
        "script.args": len(inversion.prompt) + len(inversion.negative_prompt) if inversion else 0,
    }
    for field, length in texts.items():
        if length + styles > limits.prompt_length:
            text = (
                f"{length + styles} characters are too many: at most {limits.prompt_length} "
                f"(see {FLAGS['prompt_length']})"
            )
            raise InvalidRequest(text, field="styles" if length <= limits.prompt_length else field)
    for text in (request.prompt, *own.prompts, *((hires.prompt,) if hires else ())):
        parts = 1 + len(_AND.findall("\n".join([text, *(style.prompt for style in request.styles)])))
        if parts > MOST_PARTS:
            raise InvalidRequest(
                f"{parts} texts joined by AND are too many: at most {MOST_PARTS}", field="prompt"
            )


def check_cost(cost: float, limits: WorkLimits, *, field: str) -> None:
    """Raise InvalidRequest for a job that costs too much."""
    if limits.cost is not None and cost > limits.cost:
        text = f"the request's cost is {cost:.1f}; this server allows {limits.cost} (see {FLAGS['cost']})"
        raise InvalidRequest(text, field=field)


def cost_of(request: GenerationRequest) -> float:
    """Return megapixels times steps of all pictures, a second pass and an inversion included."""
    first, second = (width * height for width, height in passes(request))
    steps = request.steps
    if request.img2img is not None and request.denoising_strength is not None:
        steps = max(1, round(steps * min(1.0, request.denoising_strength)))
    if request.inversion is not None:
        steps += request.inversion.steps
    cost = first * steps
    if request.hires is not None:
        cost += second * max(1, round((request.hires.steps or request.steps) * request.strength))
    return cost * request.batch_size * request.batch_count / MEGA


def passes(request: GenerationRequest) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return a picture's sizes in the first pass, and in the second or (0, 0). Raises InvalidRequest."""
    if request.hires is None:
        return (request.width, request.height), (0, 0)
    old = request.options.use_old_hires_fix_width_height
    try:
        size = hires_size(request.width, request.height, request.hires, old_sizes=old)
    except (ZeroDivisionError, ValueError) as error:
        raise InvalidRequest("both sides are needed, or neither", field="hires.first_width") from error
    return (size.width, size.height), (size.upscale_width, size.upscale_height)


def largest(request: GenerationRequest) -> str:
    """Return the field that is the most above its ``TYPICAL`` value, to name in an error."""
    first, second = (width * height for width, height in passes(request))
    if second > 2 * first:
        return "hires.scale"
    values = {
        "width": request.width,
        "height": request.height,
        "steps": request.steps,
        "batch_size": request.batch_size,
        "batch_count": request.batch_count,
    }
    return max(TYPICAL, key=lambda name: values[name] / TYPICAL[name])
