"""Check that a request stays within what the server allows; every refusal names its field."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract.errors import InvalidRequest
from sdapi.core.config import Limits
from sdapi.dialects.a1111.schemas.generation import Generation, StableDiffusionProcessingTxt2Img

MIN_SIDE = 8
"""One latent pixel."""


def or_default(value: int | None, default: int) -> int:
    """A field's value, or its default where null would make the original fail."""
    return default if value is None else value


def within(field: str, value: float, low: float, high: float) -> None:
    """Raise unless ``low <= value <= high``."""
    if not low <= value <= high:
        raise InvalidRequest(f"{field} must be between {low} and {high}, not {value}", field=field)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSize:
    """Numbers that every request has, nulls replaced."""

    width: int
    height: int
    steps: int
    batch_size: int
    batch_count: int


def resolve_size(body: Generation, limits: Limits) -> RequestSize:
    """Sizes and counts of a request, within the limits."""
    size = RequestSize(
        width=or_default(body.width, 512),
        height=or_default(body.height, 512),
        steps=or_default(body.steps, 50),
        batch_size=or_default(body.batch_size, 1),
        batch_count=or_default(body.n_iter, 1),
    )
    within("steps", size.steps, 1, limits.steps)
    within("batch_size", size.batch_size, 1, limits.batch_size)
    within("n_iter", size.batch_count, 1, limits.batch_count)
    check_pixels("width", size.width, "height", size.height, limits)
    return size


def check_pixels(x_field: str, x: int, y_field: str, y: int, limits: Limits) -> None:
    """Both sides at least one latent pixel, their product within the limit."""
    within(x_field, x, MIN_SIDE, limits.pixels // MIN_SIDE)
    within(y_field, y, MIN_SIDE, limits.pixels // MIN_SIDE)
    if x * y > limits.pixels:
        raise InvalidRequest(f"{x_field} x {y_field} is more than {limits.pixels} pixels", field=x_field)


def check_hires(body: StableDiffusionProcessingTxt2Img, size: RequestSize, limits: Limits) -> None:
    """The second pass of hires fix within the limits."""
    resize_x, resize_y = body.hr_resize_x or 0, body.hr_resize_y or 0
    within("hr_second_pass_steps", body.hr_second_pass_steps or 0, 0, limits.steps)
    within("hr_resize_x", resize_x, 0, limits.pixels // MIN_SIDE)
    within("hr_resize_y", resize_y, 0, limits.pixels // MIN_SIDE)
    within("firstphase_width", body.firstphase_width or 0, 0, limits.pixels // MIN_SIDE)
    within("firstphase_height", body.firstphase_height or 0, 0, limits.pixels // MIN_SIDE)
    if resize_x or resize_y:
        other_y = resize_y or resize_x * size.height // size.width
        other_x = resize_x or resize_y * size.width // size.height
        check_pixels("hr_resize_x", other_x, "hr_resize_y", other_y, limits)
        return
    scale = 2.0 if body.hr_scale is None else body.hr_scale
    within("hr_scale", scale, 0.01, 100)
    target = int(size.width * scale), int(size.height * scale)
    if min(target) < MIN_SIDE or target[0] * target[1] > limits.pixels:
        raise InvalidRequest(
            f"hr_scale: a result of {target[0]}x{target[1]} is not allowed", field="hr_scale"
        )
