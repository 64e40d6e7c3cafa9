"""Enlarge a picture by the original's own file, by any network that is there, or by Lanczos."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PIL import Image

from extensions.fooocus.drawing.geometry import resized
from pipelines.plugin import InvalidRequest, MissingWeights, Pieces, check_picture

if TYPE_CHECKING:
    from pipelines.plugin import GenerationOptions, Services

OWN = "fooocus_upscaler"
PLAIN = frozenset({"None", "Lanczos", "Nearest"})
LANCZOS = "no upscaler network is in the models folder: pictures are enlarged by Lanczos"


def enlarged(
    picture: Image.Image,
    size: tuple[int, int],
    services: Services,
    options: GenerationOptions,
    warn: Callable[[str], None],
) -> Pieces[Image.Image]:
    """The picture at a larger size. Raises InvalidRequest for one beyond the server's limits."""
    check_picture("upscale_value", *size, services.settings.limits)
    scale = max(size[0] / picture.width, size[1] / picture.height)
    for name in sorted(services.upscalers.names(), key=lambda name: OWN not in name):
        if name in PLAIN or scale <= 1:
            continue
        try:
            larger = yield from services.upscalers.in_pieces(name, options)(picture, scale)
        except (MissingWeights, InvalidRequest):
            continue
        return resized(larger, size)
    if scale > 1:
        warn(LANCZOS)
    return resized(picture, size)
