"""Enlarge pictures by the engine's networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.plugin import GenerationOptions

if TYPE_CHECKING:
    from PIL import Image

    from extensions.invokeai.context.context import InvocationContext

_TIMES = {"x1": 1.0, "1x": 1.0, "x2": 2.0, "2x": 2.0, "x3": 3.0, "3x": 3.0, "x8": 8.0, "8x": 8.0}
_USUAL = 4.0


def by_network(
    context: InvocationContext, image: Image.Image, name: str, size: tuple[int, int] | None
) -> Image.Image:
    """A picture in ``size``, or enlarged by the number in the network's name, as ``x2``; by 4 without one.

    Raises InvalidRequest, MissingWeights for a network that isn't here.
    """
    times = next((factor for mark, factor in _TIMES.items() if mark in name.lower()), _USUAL)
    scale = times if size is None else max(size[0] / image.width, size[1] / image.height, 1.0)
    enlarged = context.services.work.services.upscalers.get(name, GenerationOptions())(image, scale)
    return enlarged if size is None or enlarged.size == size else enlarged.resize(size, resample=1)
