"""The second pass: larger, or with another checkpoint, in our words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extensions.swarmui.models.samplers import SAMPLERS, SCHEDULERS, enlarger
from extensions.swarmui.parameters.request import SwarmRequest
from pipelines.plugin import InvalidRequest
from sdapi.plugin import HiresIntent, RefinerIntent

ASKED_BY = ("refinermethod", "refinermodel", "refinerupscale")
"""Any of them asks for the second pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPass:
    """The second pass in our words, and the share of steps by which the first one ends early.

    ``strength``: the denoising strength of ``hires``.
    """

    hires: HiresIntent | None = None
    end_early: float = 0.0
    refiner: RefinerIntent | None = None
    strength: float | None = None
    warnings: tuple[str, ...] = ()


def second_of(request: SwarmRequest, steps: int, prompt: str, checkpoint: str | None) -> SecondPass:
    """Translate the parameters of a second pass. Raises InvalidRequest."""
    if not any(request.has(name) for name in ASKED_BY):
        return SecondPass()
    if request.has("initimage"):
        text = "Refine / Upscale is ignored: with an Init Image there is no second pass here"
        return SecondPass(warnings=(text,))
    share = request.get("refinercontrolpercentage", 0.2)
    method = request.get("refinermethod", "PostApply")
    if method == "StepSwapNoisy":
        return _swapped(request, share, checkpoint)
    applied = _applied(request, share, steps, prompt, checkpoint)
    if method != "StepSwap":
        return applied
    return replace(applied, end_early=1 - round(steps * (1 - share)) / steps)


def _swapped(request: SwarmRequest, share: float, checkpoint: str | None) -> SecondPass:
    """Let another checkpoint take over on the way."""
    ignored = [name for name in ("refinerupscale", "refinersteps") if request.has(name)]
    told = tuple(f"{name} is ignored: StepSwapNoisy goes on at the same size and steps" for name in ignored)
    if checkpoint is None:
        return SecondPass(warnings=("Refiner Method StepSwapNoisy needs a Refiner Model", *told))
    return SecondPass(refiner=RefinerIntent(checkpoint=checkpoint, switch_at=1 - share), warnings=told)


def _applied(
    request: SwarmRequest, share: float, steps: int, prompt: str, checkpoint: str | None
) -> SecondPass:
    """Enlarge the finished picture, and draw it over for a share of the steps."""
    whole = request.get("refinersteps", steps)
    drawn = whole - round(whole * (1 - share))
    if drawn < 1:
        text = f"{share:g} of {whole} steps is none: it must come to one step at least"
        raise InvalidRequest(f"Invalid value for parameter Refiner Control Percentage: {text}")
    hires = HiresIntent(
        scale=request.get("refinerupscale", 1.0),
        upscaler=enlarger(request.get("refinerupscalemethod", "pixel-lanczos")),
        steps=drawn,
        checkpoint=checkpoint,
        sampler=SAMPLERS.get(request.get("refinersampler", "")),
        scheduler=SCHEDULERS.get(request.get("refinerscheduler", "")),
        prompt=prompt,
    )
    return SecondPass(hires=hires, strength=share)
