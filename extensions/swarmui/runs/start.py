"""The picture to start from and its mask, in our words."""

from __future__ import annotations

from dataclasses import dataclass

from anyio.to_thread import run_sync
from PIL import Image, ImageChops

from extensions.swarmui.parameters.request import SwarmRequest
from pipelines.plugin import decode_image, encode_image, read_base64
from sdapi.plugin import MaskIntent, ScriptIntent, StartIntent

ORIGINAL = 1
"""What the mask covers begins as it is."""
SOFT = ScriptIntent(name="Soft inpainting", args=(True,))
"""A grey mask lets each step repaint as far as it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where a picture starts; all None is noise."""

    start: StartIntent | None = None
    mask: MaskIntent | None = None
    strength: float | None = None
    script: ScriptIntent | None = None
    warnings: tuple[str, ...] = ()


async def start_of(request: SwarmRequest, steps: int, size: tuple[int, int]) -> Start:
    """What of the request is about an init image. Raises InvalidRequest."""
    image = request.get("initimage", "")
    if not image:
        unused = request.has("maskimage")
        return Start(warnings=("Mask Image is ignored: there is no Init Image",) if unused else ())
    strength, warnings = strength_of(request.get("initimagecreativity", 1.0), steps)
    mask = await _mask(request, size)
    soft = mask is not None and request.get("maskbehavior", "Differential") == "Differential"
    return Start(
        start=StartIntent(images=(image,)),
        mask=mask,
        strength=strength,
        script=SOFT if soft else None,
        warnings=warnings,
    )


def strength_of(creativity: float, steps: int) -> tuple[float, tuple[str, ...]]:
    """The strength with which sampling begins at step ``round(steps × (1 - creativity))``, as the original's.

    A1111's arithmetic samples one step more than ``int(steps × strength)``.
    """
    begin = round(steps * (1 - creativity))
    if begin >= steps:
        return 0.0, ("Init Image Creativity is too low for these steps: one step is drawn",)
    return (steps - begin - 0.5) / steps, ()


async def _mask(request: SwarmRequest, size: tuple[int, int]) -> MaskIntent | None:
    picture: str | bytes = request.get("maskimage", "")
    if not picture:
        return None
    by = request.get("maskgrow", 0)
    soft = request.get("maskbehavior", "Differential") == "Differential"
    return MaskIntent(
        picture=await run_sync(grown, picture, by, size) if by else picture,
        blur=request.get("maskblur", 0),
        round=not soft,
        fill=ORIGINAL,
        only_masked=request.has("maskshrinkgrow"),
        padding=request.get("maskshrinkgrow", 0),
    )


def grown(picture: str, by: int, size: tuple[int, int]) -> bytes:
    """The mask at the picture's size, its white grown by so many pixels. Raises InvalidRequest."""
    try:
        data = read_base64(picture)
    except ValueError:
        data = b""
    image = decode_image(data, field="mask.picture").convert("L").resize(size)
    return encode_image(spread(image, by), "png")


def spread(image: Image.Image, by: int) -> Image.Image:
    """White grown by ``by`` pixels to all sides, black shrunk by as many."""
    for x, y in ((1, 0), (0, 1)):
        reach = 0
        while reach < by:
            step = min(by - reach, max(reach, 1))
            both = ImageChops.lighter(
                _shifted(image, x * step, y * step), _shifted(image, -x * step, -y * step)
            )
            image, reach = ImageChops.lighter(image, both), reach + step
    return image


def _shifted(image: Image.Image, x: int, y: int) -> Image.Image:
    moved = Image.new("L", image.size)
    moved.paste(image, (x, y))
    return moved
