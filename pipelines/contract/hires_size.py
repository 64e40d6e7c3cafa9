"""Sizes of the two passes of hires fix."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipelines.contract.requests import Hires


@dataclass(frozen=True, slots=True, kw_only=True)
class HiresSize:
    """First pass ``width`` x ``height``; second pass ``upscale_width`` x ``upscale_height`` in pixels.

    ``truncate_x`` and ``truncate_y`` are pixels cut off after upscaling, whole latent cells of them.
    ``resize`` is the asked size for the infotext, None when a factor was asked.
    """

    width: int
    height: int
    upscale_width: int
    upscale_height: int
    truncate_x: int = 0
    truncate_y: int = 0
    resize: tuple[int, int] | None = None


def hires_size(width: int, height: int, hires: Hires, *, old_sizes: bool = False) -> HiresSize:
    """Work out both sizes.

    A first-pass size given makes ``width`` x ``height`` the target, which the scale then overrides unless
    a resize size is given too. ``old_sizes`` is the option ``use_old_hires_fix_width_height``.
    """
    resize_x, resize_y = hires.resize_x, hires.resize_y
    if hires.first_width or hires.first_height:
        width, height = hires.first_width, hires.first_height
    if old_sizes:
        resize_x, resize_y = width, height
        scale = math.sqrt(512 * 512 / (width * height))
        width = math.ceil(scale * width / 64) * 64
        height = math.ceil(scale * height / 64) * 64
    if resize_x == 0 and resize_y == 0:
        return HiresSize(
            width=width,
            height=height,
            upscale_width=int(width * hires.scale),
            upscale_height=int(height * hires.scale),
        )
    return _to_size(width, height, resize_x, resize_y)


def _to_size(width: int, height: int, x: int, y: int) -> HiresSize:
    resize = (x, y)
    if y == 0:
        return _size(width, height, x, x * height // width, resize)
    if x == 0:
        return _size(width, height, y * width // height, y, resize)
    if width / height < x / y:
        upscale = (x, x * height // width)
    else:
        upscale = (y * width // height, y)
    return HiresSize(
        width=width,
        height=height,
        upscale_width=upscale[0],
        upscale_height=upscale[1],
        truncate_x=upscale[0] - x,
        truncate_y=upscale[1] - y,
        resize=resize,
    )


def _size(width: int, height: int, up_w: int, up_h: int, resize: tuple[int, int]) -> HiresSize:
    return HiresSize(width=width, height=height, upscale_width=up_w, upscale_height=up_h, resize=resize)
