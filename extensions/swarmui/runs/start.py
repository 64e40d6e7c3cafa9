"""The picture to start from and its mask, in our words; picture work is imported when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from anyio.to_thread import run_sync

from extensions.swarmui.parameters.request import SwarmRequest
from sdapi.plugin import MaskIntent, ScriptIntent, StartIntent

ORIGINAL = 1
"""A1111's number of a mask's fill: what the mask covers begins as it is."""
SOFT = ScriptIntent(name="Soft inpainting", args=(True,))
"""A grey mask lets each step repaint as far as it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmStart:
    """The start of a picture and its mask; noise where all is None."""

    start: StartIntent | None = None
    mask: MaskIntent | None = None
    strength: float | None = None
    script: ScriptIntent | None = None
    warnings: tuple[str, ...] = ()


async def start_of(request: SwarmRequest, steps: int, size: tuple[int, int]) -> SwarmStart:
    """Translate the parameters of an init image and its mask. Raises InvalidRequest."""
    picture = request.get("initimage", "")
    if not picture:
        unused = request.has("maskimage")
        return SwarmStart(warnings=("Mask Image is ignored: there is no Init Image",) if unused else ())
    strength, warnings = strength_of(request.get("initimagecreativity", 1.0), steps)
    mask = await _mask(request, size)
    soft = mask is not None and request.get("maskbehavior", "Differential") == "Differential"
    return SwarmStart(
        start=StartIntent(images=(picture,)),
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
    given = request.get("maskimage", "")
    picture: str | bytes = given
    if not given:
        return None
    by = request.get("maskgrow", 0)
    soft = request.get("maskbehavior", "Differential") == "Differential"
    if by:
        from extensions.swarmui.runs.masks import grown

        picture = await run_sync(grown, given, by, size)
    return MaskIntent(
        picture=picture,
        blur=request.get("maskblur", 0),
        round=not soft,
        fill=ORIGINAL,
        only_masked=request.has("maskshrinkgrow"),
        padding=request.get("maskshrinkgrow", 0),
    )
